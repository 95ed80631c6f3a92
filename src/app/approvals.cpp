#include "app/approvals.h"

#include <algorithm>

#include "app/collect_signals.h"
#include "app/commit_own.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/risk_changes.h"
#include "app/second_factors.h"
#include "app/sign_in_document.h"
#include "app/sign_in_steps.h"
#include "app/verify_totp.h"
#include "base/id_at.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/prompt_report.h"
#include "core/credentials/push_watch.h"
#include "wire/enum_names.h"
#include "wire/reader.h"

namespace portcullis::app {
namespace {

using credentials::ApprovalState;
using wire::EnumName;
using Refused = std::optional<MethodRefusal>;

constexpr std::array<EnumName<ApprovalState>, 4> kStates{{{ApprovalState::waiting, "waiting"},
                                                         {ApprovalState::approved, "approved"},
                                                         {ApprovalState::denied, "denied"},
                                                         {ApprovalState::wrongNumber, "wrongNumber"}}};

bool is_push(const identity::AuthenticationMethod& method) { return method.kind == AuthMethod::push; }

std::string new_number(Random& random) {
    for (;;) {
        if (auto number = credentials::approval_number(static_cast<unsigned char>(random.bytes(1)[0]))) return *number;
    }
}

std::string watch_key(UserId user) { return to_string(user) + "|approvals"; }

bool may_approve(const identity::Session& session, Instant now) { return session.mfa_time && credentials::may_approve(session.factors, now); }

std::string_view answer_name(ApprovalState state) {
    if (state == ApprovalState::approved) return "approved";
    return state == ApprovalState::denied ? "denied" : "wrongNumber";
}

}  // namespace

ApprovalWanted wanted_by(const TenantSnapshot& tenant, const SignInFlow& flow) {
    ApprovalWanted wanted{.flow = flow.id, .sign_in = flow.sign_in, .application = {}, .session = flow.session};
    wanted.is_passwordless = std::ranges::none_of(flow.factors, [](const identity::Factor& f) { return f.method == AuthMethod::password; });
    if (const auto* application = tenant.application(flow.client)) wanted.application = application->display_name;
    return wanted;
}

std::string to_text(const Approval& a) {
    return json::to_text(json::object{{"id", to_string(a.id)},
                                      {"prompt", to_json(a.prompt)},
                                      {"number", a.pending.number},
                                      {"expiresAt", unix_ms(a.pending.expires_at)},
                                      {"state", wire::name_in(kStates, a.pending.state)},
                                      {"session", a.pending.session ? json::value(to_string(*a.pending.session)) : json::value(nullptr)},
                                      {"device", a.pending.device_id},
                                      {"approver", to_string(a.approver)},
                                      {"approverSession", to_string(a.approver_session)}});
}

Result<Approval> approval_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    Approval a;
    json::object prompt;
    SessionId session;
    wire::Reader reader(document, "");
    reader.read("id", a.id);
    reader.read("prompt", prompt);
    reader.read("number", a.pending.number);
    reader.read_ms("expiresAt", a.pending.expires_at);
    reader.read_enum("state", a.pending.state, [](std::string_view t) { return wire::value_in(kStates, t); }, "a state");
    reader.read("session", session);
    if (!session.is_nil()) a.pending.session = session;
    reader.read("device", a.pending.device_id);
    reader.read("approver", a.approver);
    reader.read("approverSession", a.approver_session);
    TRY(reader.finish());
    a.prompt = TRY(mfa_prompt_from(prompt));
    return a;
}

RequestFacts facts_behind(Ports& ports, const MfaPrompt& prompt, const RequestFacts& now) {
    RequestFacts facts{.now = now.now, .request = ports.random.new_id<RequestId>(now.now), .correlation = now.correlation, .address = {}, .user_agent = prompt.user_agent};
    facts.address = parse_ip(prompt.ip_address).value_or(IpAddress{});
    return facts;
}

/// The person's device of this id, if approvals are allowed to them; null: none.
Result<const identity::AuthenticationMethod*> Approvals::approver_of(const TenantSnapshot& tenant, const Account& account, std::string_view device) {
    if (device.empty() || !is_allowed(tenant, account, AuthMethod::push)) return static_cast<const identity::AuthenticationMethod*>(nullptr);
    for (const auto& method : account.methods) {
        if (!is_push(method)) continue;
        const auto known = TRY(ports_.sealer.open(method.sealed_secret, seed_context(tenant.tenant.id, to_string(method.id))));
        if (equal_constant_time(known.reveal(), device)) return &method;
    }
    return static_cast<const identity::AuthenticationMethod*>(nullptr);
}

Result<bool> Approvals::is_reachable(const TenantSnapshot& tenant, const Account& account, const SignInFlow& flow, const RequestFacts& facts) {
    return is_reachable(tenant, account, wanted_by(tenant, flow), facts);
}

Result<std::optional<AskedApproval>> Approvals::ask(const TenantSnapshot& tenant, const Account& account, const SignInFlow& flow, const RequestFacts& facts) {
    return ask(tenant, account, wanted_by(tenant, flow), facts);
}

/// A reset replaces the password: nobody at risk lets one on, nor does a session whose own sign-in is at risk.
Result<bool> Approvals::may_answer(const TenantSnapshot& tenant, const identity::Session& session, std::string_view purpose) {
    if (purpose != kPromptOfReset) return true;
    if (session.sign_in.is_nil()) return false;  // of what nothing is known nobody says that all is well
    const auto book = TRY(RiskChanges::read(ports_, tenant.tenant.id, session.user, session.sign_in));
    const auto risk = book.assess();
    return risk.sign_in_aggregated < RiskLevel::medium && risk.user < RiskLevel::medium;
}

/// Likewise, from here: a session that was carried off is somewhere else than its owner is used to be, whatever cookies came along.
Result<bool> Approvals::may_answer_here(const TenantSnapshot& tenant, const identity::Session& session, std::string_view purpose, const RequestFacts& facts) {
    auto place = facts;
    place.device_id.clear();
    if (purpose == kPromptOfReset && !TRY(is_familiar_place(ports_, tenant, session.user, place))) return false;
    return may_answer(tenant, session, purpose);
}

Result<bool> Approvals::is_reachable(const TenantSnapshot& tenant, const Account& account, const ApprovalWanted& wanted, const RequestFacts& facts) {
    for (const auto& stored : TRY(ports_.sessions.of_user(tenant.tenant.id, account.user.id))) {
        const auto session = still_proven(tenant, stored, account);
        const bool is_open = session_void(session, account, tenant.tenant.settings.lifetimes, facts.now) == Void::no;
        const bool is_other = wanted.session != session.id && session.device_id != facts.device_id;
        if (!is_open || !may_approve(session, facts.now) || !is_other) continue;
        if (TRY(approver_of(tenant, account, session.device_id)) != nullptr && TRY(may_answer(tenant, session, wanted.purpose))) return true;
    }
    return false;
}

Result<std::optional<AskedApproval>> Approvals::ask(const TenantSnapshot& tenant, const Account& account, const ApprovalWanted& wanted, const RequestFacts& facts) {
    const auto id   = tenant.tenant.id;
    const auto user = account.user.id;
    const auto charged = TRY(charge(id, user, facts.now));
    if (!charged) return std::optional<AskedApproval>{};
    Approval approval{.id = ports_.random.new_id<FlowId>(facts.now), .prompt = prompt_by(ports_, facts)};
    auto& prompt           = approval.prompt;
    prompt.id              = approval.id;
    prompt.method          = AuthMethod::push;
    prompt.purpose         = wanted.purpose;
    prompt.is_passwordless = wanted.is_passwordless;
    prompt.sign_in         = wanted.sign_in;
    prompt.flow            = wanted.flow;
    prompt.application     = wanted.application;
    approval.pending = {.number = new_number(ports_.random), .expires_at = facts.now + credentials::kApprovalLasts, .session = wanted.session, .device_id = facts.device_id};
    TRY(ports_.flows.put(id, FlowKind::approval, to_string(user), to_text(approval), facts.now + credentials::kApprovalKept));
    TRY(prompts_.note(id, user, prompt));
    return std::optional(AskedApproval{std::move(approval), *charged});
}

/// Counted before it goes out, so that parallel requests cannot outrun the count. Nothing: none may go out now; else how many were not
/// approved, where this is one too many.
Result<std::optional<int>> Approvals::charge(TenantId tenant, UserId user, Instant now) {
    return decide_again_on_conflict(
        [&]() -> Result<std::optional<int>> {
            const auto entry = TRY(ports_.flows.find(tenant, FlowKind::factorTries, watch_key(user), now));
            const auto watch = entry ? credentials::parse_push_watch(entry->value) : std::optional(credentials::PushWatch{});
            if (!watch || credentials::is_paused(*watch, now)) return std::optional<int>{};  // what cannot be read does not say that all is well
            const auto asked = credentials::on_push_asked(*watch, now);
            TRY(ports_.flows.replace(tenant, FlowKind::factorTries, watch_key(user), entry ? entry->version : 0, to_text(asked.watch), now + credentials::kPushMemory, now));
            return std::optional(asked.begins_pause_after);
        },
        kDecisionsOfBrowserMax);
}

Result<void> Approvals::note_refusal(TenantId tenant, UserId user, Instant now) {
    return decide_again_on_conflict(
        [&]() -> Result<void> {
            const auto entry = TRY(ports_.flows.find(tenant, FlowKind::factorTries, watch_key(user), now));
            const auto watch = entry ? credentials::parse_push_watch(entry->value) : std::nullopt;
            if (!watch) return {};
            return ports_.flows.replace(tenant, FlowKind::factorTries, watch_key(user), entry->version, to_text(credentials::on_push_refused(*watch)), entry->expires_at, now);
        },
        kDecisionsOfBrowserMax);
}

Result<void> Approvals::forgive(TenantId tenant, UserId user) { return ports_.flows.erase(tenant, FlowKind::factorTries, watch_key(user)); }

Result<std::optional<Approval>> Approvals::find(TenantId tenant, UserId user, FlowId id, Instant now) {
    const auto entry = TRY(ports_.flows.find(tenant, FlowKind::approval, to_string(user), now));
    if (!entry) return std::optional<Approval>{};
    auto approval = TRY(approval_from(entry->value));
    if (approval.id != id) return std::optional<Approval>{};
    return std::optional(std::move(approval));
}

Result<std::optional<Approval>> Approvals::take_approved(TenantId tenant, UserId user, FlowId id, Instant now) {
    const auto found = TRY(find(tenant, user, id, now));
    if (!found || found->pending.state != ApprovalState::approved) return std::optional<Approval>{};
    const auto taken = TRY(ports_.flows.take(tenant, FlowKind::approval, to_string(user), now));
    if (!taken) return std::optional<Approval>{};
    auto approval = TRY(approval_from(taken->value));
    // Another sign-in may have asked in between: what was taken with it is nobody's.
    if (approval.id != id || approval.pending.state != ApprovalState::approved) return std::optional<Approval>{};
    TRY(prompts_.take(tenant, user, id, now));
    return std::optional(std::move(approval));
}

/// An id tells when it was made: one that would still be kept, and is not there, was taken.
Result<bool> Approvals::is_taken(TenantId tenant, UserId user, FlowId id, Instant now) {
    const bool is_kept = id > first_id_at<FlowId>(now - credentials::kApprovalKept + std::chrono::milliseconds{1});
    return is_kept && !TRY(ports_.flows.find(tenant, FlowKind::approval, to_string(user), now));
}

Result<bool> Approvals::still_stands(const TenantSnapshot& tenant, const Account& account, const Approval& approval, Instant now) {
    const auto stored = TRY(ports_.sessions.session(tenant.tenant.id, approval.approver_session));
    if (!stored || stored->user != account.user.id) return false;
    if (session_void(*stored, account, tenant.tenant.settings.lifetimes, now) != Void::no) return false;
    const auto session = still_proven(tenant, *stored, account);
    const auto* device = TRY(approver_of(tenant, account, session.device_id));
    const bool is_it   = device && device->id == approval.approver;
    return is_it && may_approve(session, now) && TRY(may_answer(tenant, session, approval.prompt.purpose));
}

Result<void> Approvals::withdraw(TenantId tenant, UserId user, FlowId id, Instant now) {
    if (!TRY(find(tenant, user, id, now))) return {};
    return ports_.flows.erase(tenant, FlowKind::approval, to_string(user));
}

Result<ApproverStanding> Approvals::standing(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    if (!is_allowed(tenant, live.account, AuthMethod::push)) return ApproverStanding::off;
    const bool is_there = TRY(approver_of(tenant, live.account, facts.device_id)) != nullptr;
    return is_there ? ApproverStanding::registered : ApproverStanding::notRegistered;
}

Result<std::optional<Approval>> Approvals::waiting(const TenantSnapshot& tenant, const LiveSession& live, const RequestFacts& facts) {
    std::optional<Approval> none;
    if (!may_approve(live.session, facts.now) || TRY(standing(tenant, live, facts)) != ApproverStanding::registered) return none;
    const auto entry = TRY(ports_.flows.find(tenant.tenant.id, FlowKind::approval, to_string(live.account.user.id), facts.now));
    if (!entry) return none;
    auto approval = TRY(approval_from(entry->value));
    if (credentials::approval_refusal(approval.pending, {live.session.id, facts.device_id}, facts.now)) return none;
    if (!TRY(may_answer_here(tenant, live.session, approval.prompt.purpose, facts))) return none;
    return std::optional(std::move(approval));
}

Result<ApprovalAnswer> Approvals::approve(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, std::string_view typed, const RequestFacts& facts) {
    return answer(tenant, live, id, typed, facts);
}

Result<ApprovalAnswer> Approvals::deny(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, const RequestFacts& facts) {
    return answer(tenant, live, id, std::nullopt, facts);
}

/// Of any number of answers one is taken: the entry names the version that was read.
Result<ApprovalAnswer> Approvals::answer(const TenantSnapshot& tenant, const LiveSession& live, FlowId id, std::optional<std::string_view> typed,
                                         const RequestFacts& facts) {
    const auto user = live.account.user.id;
    if (!may_approve(live.session, facts.now) || credentials::is_mfa_blocked(live.account.mfa_block, facts.now)) return ApprovalAnswer::notApprover;
    const auto* device = TRY(approver_of(tenant, live.account, facts.device_id));
    if (!device) return ApprovalAnswer::notApprover;
    const auto entry = TRY(ports_.flows.find(tenant.tenant.id, FlowKind::approval, to_string(user), facts.now));
    if (!entry) return ApprovalAnswer::over;
    auto approval = TRY(approval_from(entry->value));
    if (approval.id != id) return ApprovalAnswer::over;
    if (const auto refused = credentials::approval_refusal(approval.pending, {live.session.id, facts.device_id}, facts.now)) {
        return *refused == credentials::ApprovalRefusal::sameDevice ? ApprovalAnswer::sameDevice : ApprovalAnswer::over;
    }
    // To say no is open to whoever may approve at all.
    if (typed && !TRY(may_answer_here(tenant, live.session, approval.prompt.purpose, facts))) return ApprovalAnswer::notApprover;
    approval.pending.state = typed ? credentials::match_number(approval.pending, *typed) : ApprovalState::denied;
    if (approval.pending.state == ApprovalState::approved) {
        approval.approver         = device->id;
        approval.approver_session = live.session.id;
    }
    const auto stored = ports_.flows.replace(tenant.tenant.id, FlowKind::approval, to_string(user), entry->version, to_text(approval), entry->expires_at, facts.now);
    if (!stored && stored.error().code == ErrorCode::conflict) return ApprovalAnswer::over;
    if (!stored) return stored.error();
    const auto recorded = record(tenant, live, approval, facts);
    if (!recorded) {  // what is not in the log is not approved
        TRY(ports_.flows.erase(tenant.tenant.id, FlowKind::approval, to_string(user)));
        return recorded.error();
    }
    if (approval.pending.state != ApprovalState::approved) TRY(note_refusal(tenant.tenant.id, user, facts.now));
    if (approval.pending.state == ApprovalState::denied) return ApprovalAnswer::denied;
    return approval.pending.state == ApprovalState::approved ? ApprovalAnswer::approved : ApprovalAnswer::wrongNumber;
}

/// The audit log says who answered what; what was not approved stands in the record of its sign-in at once, for whoever began it may
/// never come back.
Result<void> Approvals::record(const TenantSnapshot& tenant, const LiveSession& live, const Approval& approval, const RequestFacts& facts) {
    const auto user = live.account.user.id;
    std::vector<Change> changes{PromptAnswered{user, approval.id, AuthMethod::push, std::string(answer_name(approval.pending.state)), false}};
    auto stored = TRY(find_flow(ports_.flows, tenant.tenant.id, approval.prompt.flow, facts.now));
    if (stored.flow && approval.pending.state != ApprovalState::approved) {
        auto& flow      = *stored.flow;
        flow.error_code = kStrongAuthenticationFailed;
        flow.refusal    = "the sign-in was not approved";
        flow.steps.push_back(step_taken(facts.now, kPushStep, false, approval.pending.state == ApprovalState::denied ? "MFA denied; user declined the authentication" : "MFA denied; wrong number"));
        const bool is_same = flow.user == user && flow.sign_in == approval.prompt.sign_in;
        if (is_same) changes.push_back(SignInRecorded{sign_in_record(tenant, flow, &live.account, nullptr, flow.risk_line, facts_behind(ports_, approval.prompt, facts))});
    }
    return commit_own(ports_, tenant.tenant.id, user, "AnswerApproval", std::move(changes), facts);
}

Result<bool> Approvals::may_add_device(const TenantSnapshot& tenant, const Account& account, const RequestFacts& facts) {
    if (facts.device_id.empty() || !is_allowed(tenant, account, AuthMethod::push) || !credentials::has_second_factor(account.methods)) return false;
    if (std::ranges::count_if(account.methods, is_push) >= credentials::kApproversMax) return false;
    return TRY(approver_of(tenant, account, facts.device_id)) == nullptr;
}

Result<Refused> Approvals::add_device(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (!TRY(may_add_device(tenant, who.account, facts))) return Refused(MethodRefusal::unknown);
    if (!is_freshly_proven(who, facts.now) || !is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    if (const auto refused = TRY(refusal_at_bar(ports_, tenant, who, facts))) return Refused(*refused);
    TRY(store(tenant, who, facts));
    return Refused();
}

Result<void> Approvals::store(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    const auto id     = tenant.tenant.id;
    const auto& user  = who.account.user;
    const auto client = prompt_by(ports_, facts);
    identity::AuthenticationMethod method{.id           = ports_.random.new_id<MethodId>(facts.now),
                                          .user         = user.id,
                                          .kind         = AuthMethod::push,
                                          .display_name = device_name(client),
                                          .created_at   = facts.now};
    method.sealed_secret = TRY(ports_.sealer.seal(Secret(facts.device_id), seed_context(id, to_string(method.id))));
    // The user's version moves with it, so that one device is not added twice at once.
    auto ready = became_ready_to_reset(tenant, who.account, method, facts.now);
    std::vector<Change> changes{UserChanged{user}, MethodRegistered{std::move(method)}};
    if (ready) changes.push_back(std::move(*ready));
    // The session of a browser's first sign-in began before it had a name.
    const auto session = who.session ? TRY(ports_.sessions.session(id, *who.session)) : std::nullopt;
    if (session && session->device_id != facts.device_id) {
        auto named      = *session;
        named.device_id = facts.device_id;
        changes.push_back(SessionChanged{std::move(named)});
    }
    const Words words{{"method", std::string(to_string(AuthMethod::push))}};
    TRY(add_notice(changes, ports_, tenant, user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    return commit_own(ports_, id, user.id, "AddApprovingDevice", std::move(changes), facts);
}

}  // namespace portcullis::app
