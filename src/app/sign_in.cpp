#include "app/sign_in.h"

#include "app/activate_token.h"
#include "app/add_totp.h"
#include "app/collect_signals.h"
#include "app/decide_again.h"
#include "app/external_methods.h"
#include "app/devices.h"
#include "app/live_session.h"
#include "app/notices.h"
#include "app/registration_policy.h"
#include "app/risk_changes.h"
#include "app/reset_password.h"
#include "app/second_factors.h"
#include "app/sign_in_document.h"
#include "app/sign_in_steps.h"
#include "base/encoding.h"
#include "base/overloaded.h"
#include "core/credentials/access_pass.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/prompt_report.h"
#include "core/oidc/authentication.h"
#include "core/oidc/consent.h"
#include "core/remediation/remedies.h"
#include "core/risk/raise.h"
#include "wire/detection_json.h"
#include "wire/signals_json.h"

namespace portcullis::app {
namespace {

using controls::GrantControl;
using remediation::SignInState;
using risk::ActorKind;
using risk::RiskEvent;

const Actor kSystem{ActorKind::system, {}, ""};

json::array findings_json(const std::vector<detection::Finding>& findings, const signals::SignInSignals& seen) {
    json::array array;
    for (const auto& finding : findings) array.push_back(wire::to_json(finding, seen));
    return array;
}

/// The detections among findings, with ids.
std::vector<risk::RiskDetection> raised(Random& random, const std::vector<detection::Finding>& findings,
                                        const signals::SignInSignals& seen, Instant now) {
    std::vector<risk::RiskDetection> detections;
    for (const auto& finding : findings) {
        if (auto detection = risk::raised(finding, seen, random.new_id<DetectionId>(now), now)) detections.push_back(std::move(*detection));
    }
    return detections;
}

SignInState state_of(const RiskChanges& book, SignInId sign_in) {
    for (const auto& d : book.detections()) {
        if (d.sign_in == sign_in && is_active(d.state)) return SignInState::risky;
    }
    return SignInState::riskFree;
}

RiskLevel highest(std::span<const risk::RiskDetection> detections) {
    auto level = RiskLevel::none;
    for (const auto& d : detections) level = std::max(level, d.level);
    return level;
}

bool used_password(const SignInFlow& flow) {
    return std::ranges::any_of(flow.factors, [](const identity::Factor& f) { return f.method == AuthMethod::password; });
}

controls::RemediationBranch branch_of(const RiskChanges& book, const Account& account) {
    return remediation::branch_of(book.detections(), account.password ? remediation::HasPassword::yes : remediation::HasPassword::no);
}

/// When a method was last used that somebody else added, if one was.
std::optional<Instant> newest_flagged(const SignInFlow& flow) {
    std::optional<Instant> newest;
    for (const auto& factor : flow.factors) {
        const bool is_flagged = factor.registered && std::ranges::find(flow.flagged, *factor.registered) != flow.flagged.end();
        if (is_flagged && (!newest || factor.at > *newest)) newest = factor.at;
    }
    return newest;
}

/// Nothing is proven yet; who it is is to be proven anew.
void forget_factors(SignInFlow& flow) {
    flow.factors.clear();
    flow.first_factor_at.reset();
    flow.mfa_at.reset();
}

/// Those of the methods that bring what is proven to this level.
std::vector<MethodId> methods_reaching(Acr level, const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    std::vector<MethodId> methods;
    for (const auto& method : offered_methods(tenant, without_methods(account, flow.flagged), now)) {
        auto factors = flow.factors;
        identity::Factor given{.method = method.kind, .at = now};
        if (method.kind == AuthMethod::externalMethod) given.provider = method.method;
        factors.push_back(std::move(given));
        if (counting_acr(tenant, account, factors) >= level) methods.push_back(method.method);
    }
    return methods;
}

/// What may be registered here, beside what there is already.
std::vector<controls::Offered> registrable(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    std::vector<controls::Offered> kinds;
    const auto is_app = [](const identity::AuthenticationMethod& m) { return m.kind == AuthMethod::softwareOath; };
    if (may_add_passkey(tenant, account)) kinds.push_back({.kind = AuthMethod::passkeyDeviceBound});
    if (may_add_totp(tenant, account) && std::ranges::none_of(account.methods, is_app)) kinds.push_back({.kind = AuthMethod::softwareOath});
    if (!flow.tokens.empty()) kinds.push_back({.kind = AuthMethod::hardwareOath});
    return kinds;
}

/// Whether the registration policy asks this person in this sign-in.
bool is_asked_to_register(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    return tenant.tenant.settings.registration.is_enabled && flow.is_interactive && !has_mfa(tenant, account) &&
           !is_left_out_of_registration(tenant, account.user.id);
}

controls::Capabilities capabilities_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    const auto usable      = without_methods(account, flow.flagged);
    const auto& user       = account.user;
    // Who has a second factor registers no other one by password alone, not even when that method is switched off.
    const bool has_one = has_mfa(tenant, account);
    controls::Capabilities can{.can_mfa             = !second_factors(tenant, usable, now).empty(),
                               .only_by_pass        = has_only_pass(tenant, usable, now),
                               .can_register        = !has_one && (may_add_totp(tenant, account) || may_add_passkey(tenant, account) || !flow.tokens.empty()),
                               .can_change_password = account.password.has_value(),
                               .registration        = controls::RegistrationDue::notDue,
                               .methods             = offered_methods(tenant, usable, now)};
    const bool is_blocked = credentials::is_mfa_blocked(account.mfa_block, now);
    if (is_blocked) can.can_register = false;
    // A further method, which only a strength asks for, after one that they have; a first one at any time.
    if (!is_blocked && (can.can_register || can.can_mfa)) can.registrable = registrable(tenant, flow, account);
    if (!is_asked_to_register(tenant, flow, account)) return can;
    const bool is_open = !user.mfa_registration_deadline || now < *user.mfa_registration_deadline;
    if (!is_open) can.registration = controls::RegistrationDue::forced;
    else if (!flow.registration_skipped && can.can_register) can.registration = controls::RegistrationDue::skippable;
    return can;
}

/// Of a longer flow, whose application sent a long request, the pages would grow too much: it is stored at once.
constexpr std::size_t kHeldBytesMax = 4096;

SealContext held_by_page(const TenantSnapshot& tenant) { return {.tenant = tenant.tenant.id, .table = "flows", .row = "interaction", .column = "value"}; }

/// When a flow ends that was answered last at this moment.
Instant end_of(const TenantSnapshot& tenant, const SignInFlow& flow, Instant answered_at) {
    auto idle = tenant.tenant.settings.lifetimes.flow_idle;
    if (flow.stage == Stage::guestCode) idle = std::max(idle, kGuestWaits);
    return std::min(flow.expires_at, answered_at + idle);
}

/// Whether some page shows the flow; else only the request at hand knows of it.
bool is_on_a_page(const SignInFlow& flow) { return flow.version != 0 || !flow.turn.held.empty(); }

/// Without what this request read before something else moved it.
SignInFlow without_turn(SignInFlow flow) {
    flow.turn.account.reset();
    flow.turn.profile.reset();
    flow.turn.no_risk.reset();
    flow.turn.browser.reset();
    return flow;
}

/// How MFA is asked for.
std::vector<SecondFactor> asked_factors(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    auto factors = second_factors(tenant, as_asked(flow, account), now);
    if (!takes(flow, MethodId{})) std::erase(factors, SecondFactor::accessPass);
    const auto external       = offered_external(tenant, account);
    const bool takes_external = std::ranges::any_of(external, [&](const auto* method) { return takes(flow, method->id); });
    if (!takes_external) std::erase(factors, SecondFactor::external);
    return factors;
}

}  // namespace

void renew_references(const Ports& ports, OpenedSession& opened) {
    auto& session                       = opened.session;
    opened.reference                    = new_reference(ports, session.id);
    opened.cross_site_reference         = new_reference(ports, session.id);
    session.reference_digest            = reference_digest(ports, opened.reference);
    session.cross_site_reference_digest = reference_digest(ports, opened.cross_site_reference);
}

SignIn::SignIn(Ports& ports, Population& population)
    : ports_(ports), population_(population), passwords_(ports), verify_password_(ports), verify_totp_(ports), verify_passkey_(ports), verify_access_pass_(ports), guest_codes_(ports), register_passkey_(ports), approvals_(ports), external_mfa_(ports) {}

Result<void> SignIn::commit(const TenantSnapshot& tenant, const SignInFlow& flow, Actor by, std::vector<Change> changes, Instant now,
                            std::vector<FlowWrite> flows) {
    if (changes.empty() && flows.empty()) return {};
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(now),
                                  .name        = "SignIn",
                                  .by          = std::move(by),
                                  .at          = now,
                                  .correlation = flow.correlation,
                                  .changes     = std::move(changes),
                                  .flows       = std::move(flows)});
}

Result<void> SignIn::store(const TenantSnapshot& tenant, SignInFlow& flow, Instant now) {
    const auto write = write_of(tenant, flow, now);
    TRY(ports_.flows.replace(tenant.tenant.id, write.kind, write.key, *write.version, *write.value, write.expires_at, now));
    ++flow.version;
    return {};
}

/// The flow as it is stored over the version it was read at.
FlowWrite SignIn::write_of(const TenantSnapshot& tenant, const SignInFlow& flow, Instant now) {
    return {.kind       = FlowKind::interaction,
            .key        = to_string(flow.id),
            .version    = flow.version,
            .value      = to_text(flow),
            .expires_at = end_of(tenant, flow, now)};
}

SignInFlow SignIn::fresh(const TenantSnapshot& tenant, const FlowStart& start, const std::string& browser_secret,
                         const RequestFacts& facts) {
    SignInFlow flow;
    flow.id                = ports_.random.new_id<FlowId>(facts.now);
    flow.browser_digest    = reference_digest(ports_, browser_secret);
    flow.csrf              = ports_.random.token();
    flow.purpose           = start.purpose;
    flow.request           = start.request;
    flow.client            = start.client;
    flow.targets           = start.targets;
    flow.client_app        = start.client_app;
    flow.correlation       = facts.correlation;
    flow.created_at        = facts.now;
    flow.transaction_began = facts.now;
    flow.expires_at        = facts.now + tenant.tenant.settings.lifetimes.flow_absolute;
    flow.stage             = start.choose_account ? Stage::accountPicker : Stage::userName;
    flow.rights             = start.rights;
    flow.insists_on_consent = start.insists_on_consent;
    flow.typed_name        = start.typed_name;
    flow.session           = start.session;
    flow.factor_since      = start.factor_since;
    flow.demands_mfa       = start.demands_mfa;
    flow.levels            = start.levels;
    flow.mfa_since         = start.mfa_since;
    flow.sign_in           = ports_.random.new_id<SignInId>(facts.now);
    return flow;
}

void SignIn::continue_session(const TenantSnapshot& tenant, SignInFlow& flow, const identity::Session& stored, const Account& account) {
    const auto session       = still_proven(tenant, stored, account);
    flow.session             = session.id;
    flow.user                = session.user;
    flow.user_principal_name = account.user.user_principal_name;
    flow.typed_name          = account.user.user_principal_name;
    flow.factors             = session.factors;
    flow.first_factor_at     = session.auth_time;
    flow.mfa_at              = session.mfa_time;
    flow.password_generation = session.password_generation;
    flow.closed_detections   = session.closed_detections;
}

Result<StartedFlow> SignIn::start(const TenantSnapshot& tenant, const FlowStart& start, const RequestFacts& facts) {
    const auto secret = start.browser_secret.empty() ? ports_.random.token() : start.browser_secret;
    StartedFlow started{fresh(tenant, start, secret, facts), secret};
    auto& flow = started.flow;
    auto text  = to_text(flow);
    if (text.size() > kHeldBytesMax) TRY(store(tenant, flow, facts.now));
    else flow.turn.held = TRY(ports_.sealer.seal(Secret(std::move(text)), held_by_page(tenant)));
    return started;
}

Result<StartedFlow> SignIn::resume(const TenantSnapshot& tenant, const FlowStart& start, const identity::Session& session,
                                   const RequestFacts& facts) {
    const auto secret  = start.browser_secret.empty() ? ports_.random.token() : start.browser_secret;
    const auto account = TRY(ports_.directory.account(tenant.tenant.id, session.user));
    if (!account) return Error{ErrorCode::notFound, "the session's user is gone"};
    auto flow = fresh(tenant, start, secret, facts);
    continue_session(tenant, flow, session, *account);
    flow = TRY(begin(tenant, std::move(flow), *account, facts));
    if (flow.stage != Stage::granted) TRY(store(tenant, flow, facts.now));
    return StartedFlow{std::move(flow), secret};
}

Result<StartedFlow> SignIn::reauthenticate(const TenantSnapshot& tenant, const FlowStart& start, const identity::Session& session,
                                           const RequestFacts& facts) {
    const auto secret  = start.browser_secret.empty() ? ports_.random.token() : start.browser_secret;
    const auto account = TRY(ports_.directory.account(tenant.tenant.id, session.user));
    if (!account) return Error{ErrorCode::notFound, "the session's user is gone"};
    auto flow = fresh(tenant, start, secret, facts);
    continue_session(tenant, flow, session, *account);
    forget_factors(flow);
    flow.user  = UserId{};
    flow.stage = Stage::password;
    TRY(store(tenant, flow, facts.now));
    return StartedFlow{std::move(flow), secret};
}

Result<SignInFlow> SignIn::step_up(const TenantSnapshot& tenant, SignInFlow flow, Acr level, const RequestFacts& facts) {
    const auto account = TRY(ports_.directory.account(tenant.tenant.id, flow.user));
    if (!account) return Error{ErrorCode::notFound, "the flow's user is gone"};
    flow.levels = {level};
    flow        = TRY(proceed(tenant, std::move(flow), *account, facts));
    if (flow.stage != Stage::granted) TRY(store(tenant, flow, facts.now));
    return flow;
}

Result<std::optional<SignInFlow>> SignIn::find(const TenantSnapshot& tenant, std::string_view reference, std::string_view browser_secret, Instant now) {
    std::optional<SignInFlow> none;
    if (browser_secret.empty()) return none;
    auto held     = unsealed(tenant, reference, now);
    const auto id = held ? std::optional(held->id) : parse_id<FlowId>(reference);
    if (!id) return none;
    auto stored = TRY(find_flow(ports_.flows, tenant.tenant.id, *id, now));
    if (stored.is_over) return none;
    // What is stored has gone on from there.
    auto flow = stored.flow ? std::move(stored.flow) : std::move(held);
    if (!flow || !equal_constant_time(flow->browser_digest, reference_digest(ports_, browser_secret))) return none;
    return flow;
}

/// The flow that a page brought along, as it began; nothing when that was not us, or is too long ago.
std::optional<SignInFlow> SignIn::unsealed(const TenantSnapshot& tenant, std::string_view reference, Instant now) {
    if (sealed_key_version(reference) == 0) return std::nullopt;
    const auto text = ports_.sealer.open(reference, held_by_page(tenant));
    if (!text) return std::nullopt;
    auto parsed = sign_in_flow_from(text->reveal());
    if (!parsed) return std::nullopt;
    auto flow = std::move(parsed).value();
    if (end_of(tenant, flow, flow.created_at) <= now) return std::nullopt;
    flow.turn.held = reference;
    return flow;
}

/// Sign-in, signals, detections (E01). Only a proven first factor or a live session comes here.
Result<SignInFlow> SignIn::begin(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts,
                                 std::optional<signals::PasswordWatch> watch) {
    auto browser         = TRY(device_of_browser(ports_, tenant.tenant.id, account.user.id, facts));
    const bool is_barred = browser && browser->is_disabled();
    flow.turn.browser    = is_barred ? nullptr : std::make_shared<const std::optional<identity::Device>>(std::move(browser));
    auto trusted         = facts;
    if (is_barred) trusted.device_id.clear();  // it vouches for nobody
    auto seen           = collect_signals(ports_, tenant, flow, trusted);
    seen.password_watch = watch;
    const auto profile = TRY(ports_.profiles.of_user(tenant.tenant.id, account.user.id));
    const auto shares  = TRY(population_.shares(tenant.tenant.id));
    flow.turn.profile  = std::make_shared<const StoredProfile>(profile);
    const auto past    = detection::Past{profile.profile, *shares, signals::features_of(seen, feature_key(ports_, tenant.tenant.id))};
    const auto findings = detection::detect(seen, past, {}, Timing::realtime);

    flow.signals   = wire::to_json(seen);
    flow.findings  = findings_json(findings, seen);
    flow.turn.seen = std::make_shared<const signals::SignInSignals>(seen);
    const auto detections = TRY(without_closed(tenant, raised(ports_.random, findings, seen, facts.now), flow));
    TRY(decide_again_on_conflict([&] { return raise(tenant, flow, account, detections, facts); }, kDecisionsOfBrowserMax));
    if (is_barred) return refuse_device(tenant, std::move(flow), account, facts);
    // The second of two sign-ins is the same person's as the first, or it is another first.
    if (flow.remediation_begun && flow.remediation_begun->user != account.user.id) flow.remediation_begun.reset();
    if (const auto flagged_at = newest_flagged(flow)) {
        if (*flagged_at >= flow.transaction_began) return refuse_flagged(tenant, std::move(flow), account, facts);
        forget_factors(flow);  // a session that rests on it proves nothing
    }
    return proceed(tenant, std::move(flow), account, facts);
}

Result<void> SignIn::raise(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account,
                           std::span<const risk::RiskDetection> detections, const RequestFacts& facts) {
    auto book         = TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in));
    const auto before = book.assess().user;
    const bool no_risk = book.detections().empty() && detections.empty();
    flow.turn.no_risk  = no_risk ? std::make_shared<const RiskChanges>(book) : nullptr;
    book.raise(detections, facts.now);

    // Both risks are pinned here for the whole transaction (conditional-access.md §3.2 E4): the user's as it stood before
    // this sign-in, whose own detections are the sign-in's risk now and the user's from the next request on (§7.1).
    const auto risk   = book.assess();
    flow.sign_in_risk = risk.during_sign_in;
    flow.user_risk    = risk.user_apart;
    flow.branch       = branch_of(book, account);
    flow.flagged      = remediation::attacker_added(book.detections());
    auto changes      = TRY(book.changes(ports_, facts.now));
    const RiskRise rise{.before = before, .after = risk.user, .of_sign_in = highest(detections)};
    TRY(tell_of_risk(changes, ports_, tenant, account.user, rise, &facts, facts.now));
    return commit(tenant, flow, kSystem, std::move(changes), facts.now);
}

/// The proof was right, but this person may not use the device any more (CRED-070).
Result<SignInFlow> SignIn::refuse_device(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts) {
    flow.stage      = Stage::refused;
    flow.error_code = static_cast<int>(number_of(StsError::DeviceDisabled));
    flow.refusal    = "the device is disabled";
    flow.steps.push_back(step_taken(facts.now, "Device", false, "Device is disabled"));
    TRY(record_failure(tenant, flow, &account, facts));
    return flow;
}

/// Every MFA request is denied to who is on the block list, whatever it was answered with (CRED-037).
Result<SignInFlow> SignIn::deny_mfa(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts) {
    flow.stage      = Stage::refused;
    flow.error_code = kStrongAuthenticationFailed;
    flow.refusal    = "the user is blocked for MFA";
    flow.mfa_at.reset();
    flow.steps.push_back(step_taken(facts.now, "MFA", false, "MFA denied; user is blocked"));
    TRY(record_failure(tenant, flow, &account, facts));
    return flow;
}

/// The flow stands where this step is answered.
void SignIn::take(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Step& step,
                  std::vector<Change>& changes, Instant now) {
    flow.error_code = static_cast<int>(number_of(controls::error_code(step, controls::Interaction::interactive)));
    flow.refusal.clear();
    flow.driven_by = controls::RiskDriver::none;
    flow.asked_methods.clear();
    flow.registrable.clear();
    flow.models.clear();
    std::visit(overloaded{
                   [&](const controls::Grant&) { flow.stage = Stage::granted; },
                   [&](const controls::Interrupt& i) { await(tenant, flow, account, i, now); },
                   [&](const controls::Reauthenticate&) {
                       flow.stage   = Stage::password;
                       flow.user    = UserId{};
                       if (!flow.session) forget_factors(flow);  // nothing says whose they are, once somebody else may be named
                       flow.sign_in = ports_.random.new_id<SignInId>(now);  // what follows is another attempt
                   },
                   [&](const controls::Register& r) { offer_registration(tenant, flow, account, r, changes, now); },
                   [&](const controls::Refuse& r) {
                       flow.stage   = Stage::refused;
                       flow.refusal = controls::to_string(r.because);
                   },
               },
               step);
}

/// Risk, policy, controls. Runs after begin and again after every completed control.
Result<SignInFlow> SignIn::proceed(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts) {
    const bool is_blocked = credentials::is_mfa_blocked(account.mfa_block, facts.now);
    const bool proved_now = flow.mfa_at && *flow.mfa_at >= flow.transaction_began;
    if (is_blocked && proved_now) return deny_mfa(tenant, std::move(flow), account, facts);
    TRY(repin_branch(tenant, flow, account));
    const auto view = decide(tenant, flow, account, facts.now);
    auto step       = TRY(next_of(tenant, flow, account, view, facts.now));
    TRY(close_by_second_sign_in(tenant, flow, view, facts));

    std::vector<Change> changes;
    take(tenant, flow, account, step, changes, facts.now);
    if (flow.stage == Stage::registrationOffer) {
        if (const auto first = before_registration(tenant, flow, account, facts)) {
            // What may be put off is not asked where a policy is against it; its period runs all the same.
            const auto* refuse  = std::get_if<controls::Refuse>(&*first);
            const bool can_wait = flow.skip_until && refuse && refuse->because == controls::Refusal::registrationBlockedByPolicy;
            if (can_wait) TRY(commit(tenant, flow, as_user(account), std::exchange(changes, {}), facts.now));
            step = can_wait ? controls::Step{controls::Grant{}} : *first;
            take(tenant, flow, account, step, changes, facts.now);
        }
    }
    if (flow.stage == Stage::granted) {
        TRY(close_by_claim(tenant, flow, std::get<controls::Grant>(step), facts));
        TRY(ask_what_policies_do_not(tenant, flow, account, facts));
        if (flow.stage == Stage::granted) {
            flow.turn.account = std::make_shared<const Account>(account);
            return flow;
        }
    }
    if (flow.stage == Stage::mfa && is_blocked) return deny_mfa(tenant, std::move(flow), account, facts);
    if (flow.stage == Stage::mfa) {
        flow.second_factors   = asked_factors(tenant, flow, account, facts.now);
        flow.external_methods = asked_external(tenant, flow, account);
        TRY(drop_unreachable(tenant, flow, account, facts));
    }
    const bool ends_sessions = flow.stage == Stage::signInAgain;
    if (ends_sessions) TRY(end_sessions(tenant, flow, account, changes, facts));

    const auto book = TRY(RiskChanges::read(ports_, tenant.tenant.id, account.user.id, flow.sign_in));
    changes.push_back(SignInRecorded{sign_in_record(tenant, flow, &account, &view, book.sign_in_risk(flow.risk_line), facts)});
    TRY(commit(tenant, flow, as_user(account), std::move(changes), facts.now));
    if (ends_sessions) {
        flow.typed_name        = flow.user_principal_name;
        flow.remediation_begun = RemediationBegun{.user = flow.user, .at = facts.now};
        forget_proofs(flow, ports_.random, facts.now);
    }
    return flow;
}

/// What comes next. Where a hardware token could make something else of it the tokens that wait for the person are looked for, and only there.
Result<controls::Step> SignIn::next_of(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const DecisionView& view, Instant now) {
    flow.tokens.clear();
    auto step = controls::next_step(view.decision, view.session, capabilities_of(tenant, flow, account, now));
    const auto* refused      = std::get_if<controls::Refuse>(&step);
    const bool is_impossible = refused && refused->because == controls::Refusal::registrationImpossible;
    const bool is_granted    = std::holds_alternative<controls::Grant>(step) && is_asked_to_register(tenant, flow, account) && !flow.registration_skipped;
    if (!is_impossible && !is_granted && !std::holds_alternative<controls::Register>(step)) return step;
    if (oath_count(account) >= kTotpMax) return step;
    for (const auto& token : TRY(waiting_tokens(ports_, tenant, account))) flow.tokens.push_back({token.id, short_name_of(token)});
    if (!flow.tokens.empty()) step = controls::next_step(view.decision, view.session, capabilities_of(tenant, flow, account, now));
    return step;
}

/// Who is signed in nowhere else is not told to look there, unless that is all there is.
Result<void> SignIn::drop_unreachable(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    const auto push = std::ranges::find(flow.second_factors, SecondFactor::push);
    if (push == flow.second_factors.end() || flow.second_factors.size() == 1) return {};
    if (!TRY(approvals_.is_reachable(tenant, without_methods(account, flow.flagged), flow, facts))) flow.second_factors.erase(push);
    return {};
}

controls::Step SignIn::what_next(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    const auto view = decide(tenant, flow, account, now);
    return controls::next_step(view.decision, view.session, capabilities_of(tenant, flow, account, now));
}

/// What is put to the person. Where the organisation wants it, they are told before they are asked (UX-21, UX-30).
void SignIn::await(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Interrupt& asked,
                   Instant now) {
    const auto& pages  = tenant.tenant.settings.risk_pages;
    const bool is_mfa  = asked.control == GrantControl::mfa || asked.control == GrantControl::authenticationStrength;
    const bool by_user = looks_at_user_risk(asked.driven_by);
    flow.driven_by     = asked.driven_by;
    flow.asked_methods = asked.methods;
    flow.change_reason = ChangeReason::none;
    const bool tells_unusual = pages.shows_notices && is_mfa && looks_at_sign_in_risk(asked.driven_by) && !flow.saw_unusual_notice;
    const bool tells_risk    = pages.shows_notices && by_user && !flow.saw_risk_notice && !(is_mfa && looks_at_sign_in_risk(asked.driven_by));
    if (tells_unusual || tells_risk) {
        flow.stage = tells_unusual ? Stage::unusualNotice : Stage::riskNotice;
        return;
    }
    if (is_mfa) {
        flow.stage = Stage::mfa;
        return;
    }
    if (asked.control == GrantControl::riskRemediation && asked.remediation == controls::RemediationBranch::signInAgain) {
        flow.stage = Stage::signInAgain;
        return;
    }
    flow.change_reason = ChangeReason::userRisk;
    flow.stage         = pages.changes_through_recovery && may_reset(tenant, account, now) ? Stage::recoveryEntry : Stage::passwordChange;
}

/// Everything that was proven was proven with what somebody else added to the account.
Result<SignInFlow> SignIn::refuse_flagged(const TenantSnapshot& tenant, SignInFlow flow, const Account& account, const RequestFacts& facts) {
    flow.stage      = Stage::refused;
    flow.error_code = static_cast<int>(number_of(StsError::BlockedByConditionalAccess));
    flow.refusal    = "the method that was used is reported as added by somebody else";
    flow.first_factor_at.reset();
    TRY(record_failure(tenant, flow, &account, facts));
    return flow;
}

/// What became known between the two sign-ins counts: a password that leaked meanwhile is changed all the same.
Result<void> SignIn::repin_branch(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account) {
    if (!flow.remediation_begun || flow.branch != controls::RemediationBranch::signInAgain) return {};
    flow.branch = branch_of(TRY(RiskChanges::read(ports_, tenant.tenant.id, account.user.id, flow.sign_in)), account);
    return {};
}

/// The first of the two sign-ins is complete: every session ends, this flow's own too, and what an attacker added goes (§6.4).
Result<void> SignIn::end_sessions(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, std::vector<Change>& changes,
                                  const RequestFacts& facts) {
    flow.steps.push_back(step_taken(facts.now, "Risk remediation", true, "Sessions ended; a second sign-in is asked for"));
    changes.push_back(SessionsRevoked{account.user.id, facts.now, "risk remediation"});
    return remove_flagged(tenant, flow, account, changes, facts);
}

Result<void> SignIn::remove_flagged(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, std::vector<Change>& changes,
                                    const RequestFacts& facts) {
    for (const auto& method : account.methods) {
        if (std::ranges::find(flow.flagged, method.id) == flow.flagged.end()) continue;
        changes.push_back(MethodRemoved{account.user.id, method.id});
        const Words words{{"method", std::string(to_string(method.kind))}};
        TRY(add_notice(changes, ports_, tenant, account.user,
                       {.notice = Notice::methodRemoved, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    }
    return {};
}

/// The second sign-in is complete as far as the remediation asks: the risk is closed before anything is issued, and before any other
/// policy can refuse (E10b; id-protection.md §3.3 step 9, C5).
Result<void> SignIn::close_by_second_sign_in(const TenantSnapshot& tenant, SignInFlow& flow, const DecisionView& view, const RequestFacts& facts) {
    // Once: a risk that comes up afterwards, while the flow is still open, is not what these two sign-ins ended.
    if (!flow.remediation_begun || flow.remediation_begun->is_over || flow.branch != controls::RemediationBranch::signInAgain) return {};
    if (controls::remediated_by(view.decision, view.session).empty()) return {};
    TRY(move_risk(tenant, flow, {GrantControl::riskRemediation, controls::RiskDriver::userRisk, remediation::Met::now}, {}, facts));
    flow.remediation_begun->is_over = true;
    return {};
}

void SignIn::offer_registration(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const controls::Register& due,
                                std::vector<Change>& changes, Instant now) {
    flow.stage          = Stage::registrationOffer;
    flow.offers_app     = may_add_totp(tenant, account);
    flow.offers_passkey = may_add_passkey(tenant, account);
    flow.registrable = due.methods;
    flow.models      = due.aaguids;
    flow.skip_until.reset();
    if (due.due != controls::RegistrationDue::skippable) return;
    const auto deadline = account.user.mfa_registration_deadline.value_or(now + tenant.tenant.settings.registration.grace);
    flow.skip_until     = deadline;
    if (!account.user.mfa_registration_deadline) changes.push_back(RegistrationWindowOpened{account.user.id, deadline});
}

/// Whether more is asked for than policies do: MFA for a page of the account, or the first wished level of `acr` that the person can
/// reach, by the methods that reach it.
bool SignIn::asks_for_level(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, Instant now) {
    // A page that changes how one signs in wants a proof of this moment, and an approval is none.
    const bool wants_own = flow.mfa_since != Instant{};
    const auto counting  = counting_mfa_at(tenant, account, flow.factors, flow.mfa_at);
    const auto proof     = wants_own ? own_mfa_at(flow.factors, counting) : counting;
    const bool is_proven = proof && *proof >= flow.mfa_since;
    if (flow.demands_mfa && !is_proven && !second_factors(tenant, account, now).empty()) {
        if (wants_own) flow.asked_methods = own_proofs(tenant, without_methods(account, flow.flagged), now);
        return true;
    }
    for (const auto level : flow.levels) {
        if (counting_acr(tenant, account, flow.factors) >= level) return false;
        flow.asked_methods = methods_reaching(level, tenant, flow, account, now);
        if (!flow.asked_methods.empty()) return true;
    }
    return false;
}

/// Once policies are content: an `acr` that the person can reach, then a temporary password that must go, then their methods, then
/// consent.
Result<void> SignIn::ask_what_policies_do_not(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    if (asks_for_level(tenant, flow, account, facts.now)) {
        flow.stage      = Stage::mfa;
        flow.error_code = 50074;
        return {};
    }
    // Who signed in by passkey may never have seen the temporary password, and did not use it.
    if (account.password && account.password->must_change && !flow.password_changed_at && used_password(flow)) {
        flow.stage         = Stage::passwordChange;
        flow.change_reason = ChangeReason::temporary;
        flow.error_code    = 50055;
        return {};
    }
    TRY(ask_about_methods(tenant, flow, account, facts));
    if (flow.stage != Stage::granted || flow.rights.empty()) return {};
    const auto given = TRY(ports_.sessions.consent(tenant.tenant.id, flow.user, flow.client));
    if (given && !flow.insists_on_consent && oidc::covers(given->rights, flow.rights)) return {};
    flow.stage      = Stage::consent;
    flow.error_code = 65001;
    return {};
}

/// MFA that the session brought along closes what a policy asked MFA for (E06).
Result<void> SignIn::close_by_claim(const TenantSnapshot& tenant, SignInFlow& flow, const controls::Grant& grant, const RequestFacts& facts) {
    for (const auto& met : grant.satisfied) {
        const bool is_mfa   = met.control == GrantControl::mfa || met.control == GrantControl::authenticationStrength;
        const bool is_claim = is_mfa && flow.mfa_at && *flow.mfa_at < flow.transaction_began;
        if (!is_claim) continue;
        const remediation::Completed done{GrantControl::mfa, met.driven_by, remediation::Met::byClaim};
        TRY(move_risk(tenant, flow, done, {}, facts));
    }
    return {};
}

/// The state transition that a completed control earns, if it earns one.
Result<void> SignIn::earn(SignInFlow& flow, RiskChanges& book, const remediation::Completed& done, Instant now) {
    const auto event = remediation::earned_by(done, state_of(book, flow.sign_in));
    if (!event) return {};
    risk::Happening happening{.event = *event, .by = ActorKind::user, .target = {.user = flow.user, .sign_in = flow.sign_in}, .at = now};
    if (done.met == remediation::Met::now || done.control == GrantControl::passwordChange) happening.met = {risk::Need::freshMfa};
    if (*event == RiskEvent::riskRemediated) happening.met = {risk::Need::secondSignIn};
    if (risk::row_of(*event).by.contains(ActorKind::system) && !risk::row_of(*event).by.contains(ActorKind::user)) {
        happening.by = ActorKind::system;
    }
    TRY(book.happen(happening, to_string(flow.user)));
    flow.risk_line = book.sign_in_risk(flow.risk_line);
    for (const auto& d : book.detections()) {
        if (d.sign_in == flow.sign_in && !is_active(d.state)) flow.closed_detections.push_back(d.id);
    }
    return {};
}

/// Commits what a completed control earns, with its proof.
Result<void> SignIn::move_risk(const TenantSnapshot& tenant, SignInFlow& flow, const remediation::Completed& done,
                               const std::vector<Change>& proof, const RequestFacts& facts) {
    const auto attempt = [&]() -> Result<SignInFlow> {
        auto moved = flow;
        auto book  = TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in));
        TRY(earn(moved, book, done, facts.now));
        auto changes = TRY(book.changes(ports_, facts.now));
        changes.insert(changes.begin(), proof.begin(), proof.end());
        if (!changes.empty()) {  // nothing is closed by a proof that does not stand
            const auto due = std::exchange(moved.turn.due, {});
            changes.insert(changes.begin(), due.begin(), due.end());
        }
        TRY(commit(tenant, moved, as_user(flow.user), std::move(changes), facts.now));
        return moved;
    };
    flow = TRY(decide_again_on_conflict(attempt, kDecisionsOfBrowserMax));
    return {};
}

/// Remediation, state transition; then the decision is made again.
Result<SignInFlow> SignIn::complete(const TenantSnapshot& tenant, SignInFlow flow, const remediation::Completed& done,
                                    const std::vector<Change>& proof, const RequestFacts& facts) {
    TRY(move_risk(tenant, flow, done, proof, facts));
    return proceed_anew(tenant, std::move(flow), facts);
}

Result<SignInFlow> SignIn::proceed_anew(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto account_now = TRY(account_of(tenant, flow));
    return proceed(tenant, std::move(flow), account_now, facts);
}

/// What was closed in this session does not come back with every silent request of it (conditional-access.md §6.2, session
/// rule): the same type seen from the same address, and nothing else.
Result<std::vector<risk::RiskDetection>> SignIn::without_closed(const TenantSnapshot& tenant, std::vector<risk::RiskDetection> detections,
                                                                const SignInFlow& flow) {
    if (detections.empty() || !flow.session || flow.is_interactive || flow.closed_detections.empty()) return detections;
    const auto known = TRY(ports_.detections.detections(tenant.tenant.id, {.user = flow.user, .sign_in = {}, .most = 200}));
    std::erase_if(detections, [&](const risk::RiskDetection& raised_now) {
        return mfa_closes(raised_now.type) == MfaCloses::yes && std::ranges::any_of(known, [&](const risk::RiskDetection& closed) {
                   return std::ranges::find(flow.closed_detections, closed.id) != flow.closed_detections.end() && !is_active(closed.state) &&
                          closed.type == raised_now.type && closed.ip_address == raised_now.ip_address;
               });
    });
    return detections;
}

/// What policies for security info ask or refuse before anything is registered from here, now (53010, CA-007); nothing: it may be.
std::optional<controls::Step> SignIn::before_registration(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                                          const RequestFacts& facts) {
    const bool is_barred = credentials::is_mfa_blocked(account.mfa_block, facts.now);
    if (is_barred || !credentials::may_still_register(flow.factors, flow.mfa_at, facts.now)) return controls::Step{controls::Refuse{controls::Refusal::registrationImpossible, {}}};
    std::vector<signals::Missing> missing;
    const auto location = location_of(tenant, network_signals(ports_, tenant, facts.address, facts.now, missing));
    const auto view     = decide_registration(tenant, flow, account, location, facts.now);
    auto can            = capabilities_of(tenant, flow, account, facts.now);
    can.registration    = controls::RegistrationDue::notDue;
    auto step           = controls::next_step(view.decision, view.session, can);
    if (std::holds_alternative<controls::Grant>(step)) return std::nullopt;
    // To register is what is asked about here: it is no answer.
    if (std::holds_alternative<controls::Register>(step)) return controls::Step{controls::Refuse{controls::Refusal::registrationBlockedByPolicy, {}}};
    return step;
}

/// Whether the session a flow continues still is one, and this user's.
Result<bool> SignIn::session_holds(const TenantSnapshot& tenant, const SignInFlow& flow, UserId user, Instant now) {
    if (!flow.session) return true;
    const auto session = TRY(ports_.sessions.session(tenant.tenant.id, *flow.session));
    if (!session || session->user != user) return false;
    const auto account = TRY(ports_.directory.account(tenant.tenant.id, user));
    return account && session_void(*session, *account, tenant.tenant.settings.lifetimes, now) == Void::no;
}

Actor SignIn::as_user(const Account& account) { return {ActorKind::user, account.user.id, ""}; }
Actor SignIn::as_user(UserId user) { return {ActorKind::user, user, ""}; }

Result<OpenedSession> SignIn::open_session(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts,
                                           const AlongWithSession& along) {
    for (int left = kDecisionsOfBrowserMax;; --left) {
        auto opened = try_open_session(tenant, left == kDecisionsOfBrowserMax ? flow : without_turn(flow), facts, along);
        if (opened) return opened;
        const bool has_moved = opened.error().code == ErrorCode::conflict;
        if (has_moved) TRY(require_unanswered(tenant, flow, facts.now));
        if (!has_moved || left == 1) {
            // What was proven on the way here is spent: nobody goes on from the step before it.
            if (is_on_a_page(flow)) TRY(end_flow(ports_.flows, tenant.tenant.id, flow));
            const auto noted   = commit(tenant, flow, as_user(flow.turn.prover), flow.turn.due, facts.now);
            const bool is_gone = !noted && noted.error().code == ErrorCode::conflict;  // what was used is not there any more
            return noted || is_gone ? opened : Result<OpenedSession>(noted.error());
        }
    }
}

/// A conflict when another form has answered the flow meanwhile: nothing of this one may be tried again, or spoil what that one did.
Result<void> SignIn::require_unanswered(const TenantSnapshot& tenant, const SignInFlow& flow, Instant now) {
    if (!is_on_a_page(flow)) return {};
    const auto stored  = TRY(find_flow(ports_.flows, tenant.tenant.id, flow.id, now));
    const auto version = stored.flow ? stored.flow->version : 0;
    if (stored.is_over || version != flow.version) return Error{ErrorCode::conflict, "the same step was answered twice"};
    return {};
}

Result<OpenedSession> SignIn::try_open_session(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts, const AlongWithSession& along) {
    const auto account = flow.turn.account ? TRY(still_entitled(flow, *flow.turn.account)) : TRY(account_of(tenant, flow));
    auto book          = flow.turn.no_risk ? *flow.turn.no_risk : TRY(RiskChanges::read(ports_, tenant.tenant.id, flow.user, flow.sign_in));
    auto changes       = TRY(learn(tenant, flow, account, book, facts));
    const auto opened  = TRY(session_of(tenant, flow, account, facts, changes));
    flow.session      = opened.session.id;
    flow.error_code   = 0;

    const auto line = book.sign_in_risk(flow.risk_line);
    auto of_risk    = TRY(book.changes(ports_, facts.now));
    changes.insert(changes.end(), std::make_move_iterator(of_risk.begin()), std::make_move_iterator(of_risk.end()));
    const auto view = decide(tenant, flow, account, facts.now);
    changes.push_back(SignInRecorded{sign_in_record(tenant, flow, &account, &view, line, facts)});
    // An emergency account is bound by no policy, so people watch it instead (conditional-access.md §12).
    const bool is_emergency = std::ranges::find(tenant.tenant.settings.emergency_accounts, flow.user) != tenant.tenant.settings.emergency_accounts.end();
    if (is_emergency && flow.is_interactive) {
        TRY(tell_administrators(changes, ports_, tenant, account.user,
                                {.notice = Notice::emergencyAccountUsed, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}}));
    }
    changes.insert(changes.begin(), flow.turn.due.begin(), flow.turn.due.end());
    auto flows = along ? TRY(along(opened, account)) : std::vector<FlowWrite>{};
    if (is_on_a_page(flow)) flows.push_back(over(flow));
    TRY(commit(tenant, flow, as_user(account), std::move(changes), facts.now, std::move(flows)));
    return opened;
}

/// What a completed sign-in teaches: travel, which needs its end; an earlier block that it explains (E20); what is usual.
Result<std::vector<Change>> SignIn::learn(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, RiskChanges& book,
                                          const RequestFacts& facts) {
    const auto was_seen = TRY(seen_in(flow));
    const auto& seen    = *was_seen;
    const auto features = signals::features_of(seen, feature_key(ports_, tenant.tenant.id));
    const auto stored   = flow.turn.profile ? *flow.turn.profile : TRY(ports_.profiles.of_user(tenant.tenant.id, flow.user));
    const auto shares   = TRY(population_.shares(tenant.tenant.id));
    std::vector<Change> changes;
    if (flow.is_interactive) {
        const auto findings = detection::detect(seen, {stored.profile, *shares, features}, {}, Timing::offline);
        for (auto& finding : findings_json(findings, seen)) flow.findings.push_back(std::move(finding));
        const auto before   = book.assess().user;
        const auto added    = raised(ports_.random, findings, seen, facts.now);
        book.raise(added, facts.now);
        // A method that was enrolled a moment ago vouches for nobody: it closes nothing.
        const auto mfa_at     = counting_mfa_at(tenant, account, flow.factors, flow.mfa_at);
        const bool passed_mfa = mfa_at && *mfa_at >= flow.transaction_began && !flow.enrolled;
        if (passed_mfa) TRY(earn(flow, book, {GrantControl::mfa, controls::RiskDriver::none, remediation::Met::now}, facts.now));
        const RiskRise rise{.before = before, .after = book.assess().user, .of_sign_in = highest(added)};
        if (!added.empty()) TRY(tell_of_risk(changes, ports_, tenant, account.user, rise, &facts, facts.now));
    }
    if (state_of(book, flow.sign_in) == SignInState::risky) return changes;
    const bool was_risky = flow.sign_in_risk.value_or(RiskLevel::none) != RiskLevel::none;
    if (flow.is_interactive && !was_risky && is_familiar(stored.profile, features)) TRY(explain_blocks(tenant, flow, book, facts.now));

    auto trained = signals::train(stored.profile, seen, features);
    population_.observe(tenant.tenant.id, features, trained.total);
    changes.push_back(ProfileTrained{flow.user, trained, stored.version});
    return changes;
}

/// After a block, a risk-free sign-in from a familiar place shows that the earlier one was the owner (E20).
Result<void> SignIn::explain_blocks(const TenantSnapshot& tenant, const SignInFlow& flow, RiskChanges& book, Instant now) {
    std::vector<SignInId> earlier;
    for (const auto& d : book.detections()) {
        const bool is_other = d.sign_in && *d.sign_in != flow.sign_in && is_active(d.state);
        if (is_other && std::ranges::find(earlier, *d.sign_in) == earlier.end()) earlier.push_back(*d.sign_in);
    }
    for (const auto sign_in : earlier) {
        const auto record = TRY(ports_.sign_ins.sign_in(tenant.tenant.id, sign_in));
        if (!record || record->error_code != 53003) continue;
        TRY(book.happen({.event  = RiskEvent::familiarSignInAfterBlock,
                         .by     = ActorKind::system,
                         .target = {.user = flow.user, .sign_in = sign_in},
                         .at     = now,
                         .met    = {risk::Need::familiarSuccess}},
                        ""));
    }
    return {};
}

/// The session this sign-in opens, renews or leaves as it is.
Result<OpenedSession> SignIn::session_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                         const RequestFacts& facts, std::vector<Change>& changes) {
    OpenedSession opened;
    if (flow.session) {
        auto found = TRY(ports_.sessions.session(tenant.tenant.id, *flow.session));
        if (found && found->state == identity::SessionState::active && found->user == flow.user) opened.session = still_proven(tenant, std::move(*found), account);
    }
    auto& s = opened.session;
    // Who signed out meanwhile is not signed in again by what the ended session had proven.
    const bool rests_on_session = flow.session && (!flow.first_factor_at || *flow.first_factor_at < flow.transaction_began);
    if (rests_on_session && s.id.is_nil()) return Error{ErrorCode::forbidden, "the session this sign-in continues has ended"};
    if (std::ranges::any_of(flow.factors, [&](const identity::Factor& f) { return is_gone(f, account); })) {
        return Error{ErrorCode::forbidden, "a method that this sign-in rests on has been removed"};
    }
    const bool is_new  = s.id.is_nil();
    const bool renewed = is_new || flow.is_interactive;
    if (is_new) {
        s.id         = ports_.random.new_id<SessionId>(facts.now);
        s.user       = flow.user;
        s.created_at = facts.now;
    }
    s.last_seen_at      = facts.now;
    s.closed_detections = flow.closed_detections;
    if (!flow.client.is_nil() && std::ranges::find(s.clients, flow.client) == s.clients.end()) s.clients.push_back(flow.client);
    if (renewed) {
        renew_references(ports_, opened);  // at every authentication and step-up
        s.factors                     = flow.factors;
        s.auth_time                   = flow.first_factor_at.value_or(facts.now);
        s.mfa_time                    = flow.mfa_at;
        s.password_generation         = flow.password_generation;
        s.used_password               = used_password(flow);
        s.sign_in                     = flow.sign_in;
        s.ip_address                  = to_string(facts.address);
        s.country                     = country_of(flow);
        s.user_agent                  = facts.user_agent.substr(0, 512);
        // A browser without a recognition cookie gets one with this session.
        s.device_id                   = facts.device_id.empty() ? base64url(ports_.random.bytes(16)) : facts.device_id;
        s.expires_at                  = s.auth_time + tenant.tenant.settings.lifetimes.session_absolute;  // MFA alone adds nothing
        // What an access pass opened ends with it (CRED-029).
        if (const auto end = credentials::end_of(s.factors)) s.expires_at = std::min(s.expires_at, *end);
    }
    const bool is_unplaced = s.device.is_nil() && !facts.device_id.empty() && s.device_id == facts.device_id;  // from before there were devices
    if (renewed || is_unplaced) {
        const DeviceUse use{.user = s.user, .digest = browser_digest(ports_, s.device_id), .name = browser_name(ports_, facts), .country = country_of(flow), .from = &facts};
        const bool is_known = flow.turn.browser && s.device_id == facts.device_id;
        s.device = is_known ? use_device(changes, ports_, *flow.turn.browser, use) : TRY(use_device(changes, ports_, tenant.tenant.id, use));
    } else if (!s.device.is_nil()) {
        changes.push_back(DeviceUsed{s.device});
    }
    if (is_new) changes.push_back(SessionOpened{s});
    else changes.push_back(SessionChanged{s});
    return opened;
}

std::string SignIn::country_of(const SignInFlow& flow) {
    const auto seen = seen_in(flow);
    return seen ? (*seen)->network.country.value_or("") : "";
}

}  // namespace portcullis::app
