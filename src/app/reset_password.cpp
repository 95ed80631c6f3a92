#include "app/reset_password.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/collect_signals.h"
#include "app/contact_methods.h"
#include "app/decide_again.h"
#include "app/notices.h"
#include "app/password_refusals.h"
#include "app/reset_facts.h"
#include "app/risk_changes.h"
#include "base/encoding.h"
#include "core/credentials/phone_number.h"
#include "core/credentials/prompt_report.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::ResetOffer;
using credentials::ResetRefusal;

constexpr Duration kCode        = 5min;
constexpr int kMailDigits       = 8;
constexpr int kPhoneDigits      = 6;
constexpr std::size_t kNameMax = 256;

bool is_phone(AuthMethod method) { return method == AuthMethod::sms || method == AuthMethod::voice; }

/// Codes are digits; people type them in groups (PROTO-521).
std::string without_spaces(std::string_view typed) {
    std::string digits(typed.substr(0, 64));
    std::erase(digits, ' ');
    return digits;
}

/// Until something is proven an act is nobody's; then it is the account's owner's.
Actor nobody() { return {risk::ActorKind::system, {}, "reset"}; }
Actor owner(UserId user) { return {risk::ActorKind::user, user, ""}; }

PasswordSetter::History history_of(const identity::PasswordSettings& settings, RiskLevel risk) {
    using enum PasswordSetter::History;
    if (risk != RiskLevel::none) return all;
    return settings.profile == identity::PasswordSettings::Profile::modern ? current : none;
}

}  // namespace

std::string ResetPassword::code_digest(const ResetFlow& flow, std::string_view code) const {
    return reference_digest(ports_, fmt::format("reset|{}|{}|{}", to_string(flow.id), to_string(flow.asked), code));
}

Result<void> ResetPassword::save(const TenantSnapshot& tenant, ResetFlow& flow, Instant now) {
    TRY(ports_.flows.replace(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id), flow.version, to_text(flow), flow.expires_at, now));
    ++flow.version;
    return {};
}

/// The flow under another id, for this browser under another cookie. Of parallel answers one goes on.
Result<void> ResetPassword::renew(const TenantSnapshot& tenant, ResetTurn& turn, Instant now) {
    auto& flow = turn.flow;
    if (!TRY(ports_.flows.take(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id), now))) {
        return Error{ErrorCode::conflict, "the reset went on elsewhere"};
    }
    turn.browser_secret = ports_.random.token();
    flow.id             = ports_.random.new_id<FlowId>(now);
    flow.csrf           = ports_.random.token();
    flow.browser_digest = reference_digest(ports_, turn.browser_secret);
    flow.version        = 0;
    flow.code_digest.clear();
    flow.approval       = {};
    flow.approval_number.clear();
    return save(tenant, flow, now);
}

Result<void> ResetPassword::commit(const TenantSnapshot& tenant, ResetAct what, std::vector<Change> changes, const RequestFacts& facts) {
    return ports_.journal.commit({.tenant      = tenant.tenant.id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = std::string(what.name),
                                  .by          = std::move(what.by),
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = std::move(changes)});
}

/// One line of the audit log, and what is stored with it.
Result<void> ResetPassword::note(const TenantSnapshot& tenant, const Standing& now, ResetProgressed step, std::vector<Change> with,
                                 const RequestFacts& facts) {
    step.user = now.account ? now.account->user.id : UserId{};
    with.insert(with.begin(), std::move(step));
    return commit(tenant, {"ResetProgress", nobody()}, std::move(with), facts);
}

namespace {

credentials::ResetVerdict verdict_on(const TenantSnapshot& tenant, const Account& account, Instant now) {
    return credentials::decide_reset(tenant.tenant.settings.reset, reset_facts(tenant, account, now));
}

}  // namespace

bool may_reset(const TenantSnapshot& tenant, const Account& account, Instant now) {
    return std::holds_alternative<ResetOffer>(verdict_on(tenant, account, now));
}

Result<ResetPassword::Standing> ResetPassword::standing(const TenantSnapshot& tenant, const ResetFlow& flow, Instant at) {
    Standing now;
    now.account         = TRY(ports_.directory.account(tenant.tenant.id, flow.user));
    const auto began    = flow.expires_at - kResetLives;
    const auto reported = TRY(resets_ended_at(ports_, tenant.tenant.id, flow.user, at));
    if (!now.account) return now;
    // What was proven before everything of the account was ended proves nothing after it.
    if (began < now.account->user.sign_in_sessions_valid_from || (reported && began <= *reported)) {
        now.refusal  = "the reset was ended meanwhile";
        now.is_ended = true;
        return now;
    }
    auto verdict = verdict_on(tenant, *now.account, at);
    if (auto* offer = std::get_if<ResetOffer>(&verdict)) now.offer = std::move(*offer);
    else {
        const auto refusal = std::get<ResetRefusal>(verdict);
        now.refusal        = fmt::format("{} {}", credentials::code_of(refusal), credentials::to_string(refusal));
    }
    return now;
}

/// Before anything is proven, everybody is offered the same. An approval that no device could give now is left out, but where it
/// is the only way left: then choosing it says why.
Result<std::vector<AuthMethod>> ResetPassword::offered(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, const RequestFacts& facts) {
    if (flow.proven.empty()) return credentials::methods_for_anybody(tenant.tenant.settings, tenant.methods);
    auto methods    = now.offer ? credentials::open_methods(*now.offer, flow.proven) : std::vector<AuthMethod>{};
    const auto push = std::ranges::find(methods, AuthMethod::push);
    if (push == methods.end() || methods.size() == 1) return methods;
    if (!TRY(approvals_.is_reachable(tenant, *now.account, approval_for(flow), facts))) methods.erase(push);
    return methods;
}

Result<ResetTurn> ResetPassword::begin(const TenantSnapshot& tenant, std::string_view typed_name, std::string sign_in_flow, const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    if (!TRY(may_begin_reset(ports_, id, facts))) return Error{ErrorCode::tooManyRequests, "too many resets begin at one address"};
    const auto key     = ports_.text.upn_key(typed_name.substr(0, kNameMax));
    const auto account = key ? TRY(ports_.directory.account_named(id, *key)) : std::nullopt;
    // A name nobody has gets an id nobody has: every later step asks for it like for any other.
    const auto user   = account ? account->user.id : ports_.random.new_id<UserId>(facts.now);
    const auto whose  = account ? to_string(user) : "nobody:" + reference_digest(ports_, key.value_or(std::string(typed_name)));
    const bool is_familiar = TRY(is_familiar_place(ports_, tenant, user, facts));
    ResetTurn turn{.flow = {.id             = ports_.random.new_id<FlowId>(facts.now),
                            .csrf           = ports_.random.token(),
                            .expires_at     = facts.now + kResetLives,
                            .typed_name     = std::string(typed_name.substr(0, kNameMax)),
                            .user           = user,
                            .subject        = reset_subject(whose, is_familiar ? ResetFrom::familiar : ResetFrom::unfamiliar),
                            .sign_in_flow   = std::move(sign_in_flow)},
                   .browser_secret = ports_.random.token()};
    auto& flow          = turn.flow;
    flow.browser_digest = reference_digest(ports_, turn.browser_secret);
    if (TRY(is_reset_surge(ports_, id, facts.now))) TRY(note(tenant, {}, {{}, "surge", "many resets begin within an hour"}, {}, facts));
    if (tenant.tenant.settings.reset.scope == identity::ResetScope::none) {
        flow.stage = ResetStage::unavailable;
        return turn;
    }
    if (TRY(limits(tenant, flow).is_stopped(facts.now))) {
        flow.stage = ResetStage::stopped;
        return turn;
    }
    if (tenant.tenant.settings.reset.allows_unlock) flow.stage = ResetStage::wish;
    turn.offered = TRY(offered(tenant, flow, {}, facts));
    TRY(save(tenant, flow, facts.now));
    return turn;
}

Result<std::optional<ResetFlow>> ResetPassword::find(const TenantSnapshot& tenant, FlowId id, std::string_view browser_secret, Instant now) {
    const auto entry = TRY(ports_.flows.find(tenant.tenant.id, FlowKind::passwordReset, to_string(id), now));
    if (!entry || browser_secret.empty()) return std::optional<ResetFlow>{};
    auto flow = TRY(reset_flow_from(entry->value));
    if (!equal_constant_time(flow.browser_digest, reference_digest(ports_, browser_secret))) return std::optional<ResetFlow>{};
    flow.version = entry->version;
    return std::optional(std::move(flow));
}

Result<ResetTurn> ResetPassword::submit(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts) {
    if (answer.action == "cancel") {
        TRY(approvals_.withdraw(tenant.tenant.id, flow.user, flow.approval, facts.now));
        TRY(ports_.flows.erase(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id)));
        return ResetTurn{.flow = std::move(flow), .is_abandoned = true};
    }
    const bool is_at_proof = flow.stage == ResetStage::number || flow.stage == ResetStage::code;
    const bool turns_back  = flow.stage == ResetStage::approval ? answer.action != "verify" : is_at_proof && answer.action == "other";
    if (turns_back) return turn_back(tenant, std::move(flow), facts);
    if (answer.action == "report" && flow.stage == ResetStage::method) return ask_help_desk(tenant, std::move(flow), facts);
    switch (flow.stage) {
        case ResetStage::wish:
            flow.wish  = answer.method == "unlock" && tenant.tenant.settings.reset.allows_unlock ? ResetWish::unlock : ResetWish::forgotten;
            flow.stage = ResetStage::method;
            return at_method(tenant, std::move(flow), facts);
        case ResetStage::method:      return choose_method(tenant, std::move(flow), answer, facts);
        case ResetStage::number:      return answer_number(tenant, std::move(flow), answer, facts);
        case ResetStage::code:        return answer_code(tenant, std::move(flow), answer, facts);
        case ResetStage::approval:    return answer_approval(tenant, std::move(flow), facts);
        case ResetStage::password:    return answer_password(tenant, std::move(flow), answer, facts);
        case ResetStage::done:
        case ResetStage::asked:
        case ResetStage::stopped:
        case ResetStage::unavailable: break;
    }
    return end(tenant, std::move(flow), ResetStage::unavailable);
}

/// Another way; what was asked for on another device is over.
Result<ResetTurn> ResetPassword::turn_back(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts) {
    if (flow.stage == ResetStage::approval) TRY(approvals_.withdraw(tenant.tenant.id, flow.user, flow.approval, facts.now));
    flow.stage = ResetStage::method;
    flow.code_digest.clear();
    return at_method(tenant, std::move(flow), facts);
}

Result<ResetTurn> ResetPassword::at_method(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts, ResetProblem problem) {
    ResetTurn turn{.flow = std::move(flow), .problem = problem};
    const auto now = TRY(standing(tenant, turn.flow, facts.now));
    turn.offered   = TRY(offered(tenant, turn.flow, now, facts));
    TRY(save(tenant, turn.flow, facts.now));
    return turn;
}

Result<ResetTurn> ResetPassword::choose_method(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts) {
    const auto choice  = parse_auth_method(answer.method);
    const auto now     = TRY(standing(tenant, flow, facts.now));
    const auto choices = TRY(offered(tenant, flow, now, facts));
    if (!choice || std::ranges::find(choices, *choice) == choices.end()) return at_method(tenant, std::move(flow), facts);
    if (TRY(limits(tenant, flow).is_stopped(facts.now))) return end(tenant, std::move(flow), ResetStage::stopped);
    flow.asked = *choice;
    flow.stage = is_phone(*choice) ? ResetStage::number : ResetStage::code;
    if (*choice == AuthMethod::push) return ask_approval(tenant, std::move(flow), now, facts);
    if (*choice == AuthMethod::email) return send_mail(tenant, std::move(flow), facts);
    TRY(save(tenant, flow, facts.now));
    return ResetTurn{.flow = std::move(flow)};
}

/// A code to the registered address, or the same work and no mail.
Result<ResetTurn> ResetPassword::send_mail(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts) {
    const auto budget = TRY(limits(tenant, flow).charge_mail(facts.now));
    if (budget == ResetLimits::Mail::stop) return stop(tenant, std::move(flow), "mails", facts);
    const auto now     = TRY(standing(tenant, flow, facts.now));
    const auto* method = now.offer ? contact_of(*now.account, AuthMethod::email) : nullptr;
    const auto code    = random_digits(ports_.random, kMailDigits);
    MailedCode letter{.code = code.copy(), .to = {}, .at = facts.now, .expires_at = facts.now + kCode, .from = &facts};
    if (now.account) letter.is_reportable = OwnPrompts::is_offered(tenant, *now.account);
    if (method) letter.to = TRY(contact_value(ports_, tenant.tenant.id, *method));
    auto message = TRY(code_mail(ports_, tenant, now.account ? now.account->user : identity::User{}, letter));

    std::vector<Change> sent;
    flow.code_digest.clear();
    if (method && budget == ResetLimits::Mail::goes) {
        flow.code_digest     = code_digest(flow, code.reveal());
        flow.code_expires_at = letter.expires_at;
        sent.push_back(std::move(message));
    }
    const auto detail = now.refusal.empty() ? std::string(to_string(flow.asked)) : now.refusal;
    const auto is_sent = sent.empty() ? MfaPrompts::Sent::no : MfaPrompts::Sent::yes;
    TRY(note(tenant, now, {{}, sent.empty() ? "codeNotSent" : "codeSent", detail}, std::move(sent), facts));
    TRY(note_prompt(tenant, flow, is_sent, facts));
    TRY(save(tenant, flow, facts.now));
    return ResetTurn{.flow = std::move(flow)};
}

/// What its owner can say of the code later; the same work when nothing went out.
Result<void> ResetPassword::note_prompt(const TenantSnapshot& tenant, const ResetFlow& flow, MfaPrompts::Sent sent, const RequestFacts& facts) {
    auto prompt    = prompt_by(ports_, facts);
    prompt.method  = flow.asked;
    prompt.purpose = kPromptOfReset;
    prompt.flow    = flow.id;
    return prompts_.note(tenant.tenant.id, flow.user, prompt, sent);
}

/// The number must be typed in full. Whether it is the right one, nobody is told.
Result<ResetTurn> ResetPassword::answer_number(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts) {
    const auto number = credentials::parse_phone_number(answer.phone);
    if (!number) return ResetTurn{.flow = std::move(flow), .problem = ResetProblem::numberMalformed};
    auto counters = limits(tenant, flow);
    const auto no = TRY(counters.charge_proof(facts.now));
    if (!no) return stop(tenant, std::move(flow), "proofs", facts);
    const auto now     = TRY(standing(tenant, flow, facts.now));
    const auto* method = now.offer ? contact_of(*now.account, AuthMethod::sms) : nullptr;
    const bool matches = method && TRY(contact_value(ports_, tenant.tenant.id, *method)) == number->e164();
    const auto code    = random_digits(ports_.random, kPhoneDigits);
    const PhoneCode call{.way        = flow.asked == AuthMethod::voice ? PhoneCode::Way::voice : PhoneCode::Way::sms,
                         .number     = *number,
                         .code       = code.copy(),
                         .at         = facts.now,
                         .expires_at = facts.now + kCode};
    std::vector<Change> sent;
    flow.code_digest.clear();
    if (auto message = TRY(phone_message(tenant, matches ? now : Standing{}, call))) {
        flow.code_digest     = code_digest(flow, code.reveal());
        flow.code_expires_at = call.expires_at;
        sent.push_back(std::move(*message));
    }
    if (matches) TRY(counters.refund_proof(facts.now));
    const auto detail = now.refusal.empty() ? std::string(to_string(flow.asked)) : now.refusal;
    const auto is_sent = sent.empty() ? MfaPrompts::Sent::no : MfaPrompts::Sent::yes;
    TRY(note(tenant, now, {{}, sent.empty() ? "codeNotSent" : "codeSent", detail}, std::move(sent), facts));
    TRY(note_prompt(tenant, flow, is_sent, facts));
    flow.stage = ResetStage::code;
    TRY(save(tenant, flow, facts.now));
    return ResetTurn{.flow = std::move(flow)};
}

/// The message when it may go. For nobody the same counters move under a key of their own, so that the time tells nothing.
Result<std::optional<Change>> ResetPassword::phone_message(const TenantSnapshot& tenant, const Standing& now, const PhoneCode& code) {
    using Message = std::optional<Change>;
    if (now.account) {
        if (TRY(phone_codes_.charge(tenant, now.account->user.id, code))) return Message{};
        return Message{TRY(phone_codes_.message(tenant, now.account->user, code))};
    }
    for (std::size_t i = 0; i <= credentials::send_budgets(tenant.tenant.settings.phone).size(); ++i) {
        TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, fmt::format("reset|nobody|{}", i), code.at + kCode, code.at));
    }
    TRY(phone_codes_.message(tenant, {}, code));
    return Message{};
}

Result<ResetTurn> ResetPassword::answer_code(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts) {
    auto counters = limits(tenant, flow);
    if (TRY(counters.is_stopped(facts.now))) return end(tenant, std::move(flow), ResetStage::stopped);
    // Charged before it is looked at, so parallel guesses cannot outrun the count (PROTO-523).
    const auto proof = TRY(counters.charge_proof(facts.now));
    if (!proof) return stop(tenant, std::move(flow), "proofs", facts);
    const auto now = TRY(standing(tenant, flow, facts.now));
    auto spent     = TRY(prove(tenant, flow, now, answer, facts));
    if (spent) {
        const auto noted = note(tenant, now, {{}, "gatePassed", std::string(to_string(flow.asked))}, std::move(*spent), facts);
        if (noted) {
            TRY(counters.refund_proof(facts.now));
            return proven(tenant, std::move(flow), now, facts);
        }
        // Somebody used the same code at the same moment: then it was wrong after all (PROTO-520).
        if (noted.error().code != ErrorCode::conflict) return noted.error();
    }
    if (ResetLimits::is_last(*proof)) return stop(tenant, std::move(flow), "proofs", facts);
    return wrong_code(tenant, std::move(flow), now, facts);
}

Result<ResetPassword::Proof> ResetPassword::prove(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now,
                                                  const ResetAnswer& answer, const RequestFacts& facts) {
    const auto at   = facts.now;
    const auto code = without_spaces(answer.otp);
    const auto open = now.offer ? credentials::open_methods(*now.offer, flow.proven) : std::vector<AuthMethod>{};
    // Mail may be proven first though only the app is owed: the app is asked for next.
    const bool is_theirs = now.offer && std::ranges::find(now.offer->methods, flow.asked) != now.offer->methods.end() && !open.empty();
    if (flow.asked == AuthMethod::recoveryCode) return prove_by_recovery_code(tenant, is_theirs ? now.account : std::nullopt, answer.otp, facts);
    if (flow.asked == AuthMethod::softwareOath) {
        if (!is_theirs) return Proof{};
        const auto accepted = TRY(verify_totp_.matching(tenant, *now.account, code, at));
        return accepted ? Proof{std::vector<Change>{accepted->spent}} : Proof{};
    }
    const bool is_sent  = !flow.code_digest.empty() && at < flow.code_expires_at;
    const bool is_right = equal_constant_time(flow.code_digest, code_digest(flow, code));
    return is_theirs && is_sent && is_right ? Proof{std::vector<Change>{}} : Proof{};
}

/// Spends the code and tells its owner how many are left.
Result<ResetPassword::Proof> ResetPassword::prove_by_recovery_code(const TenantSnapshot& tenant, const std::optional<Account>& whose,
                                                                   std::string_view typed, const RequestFacts& facts) {
    const auto id   = tenant.tenant.id;
    const auto used = TRY(recovery_codes_.matching(id, whose ? std::optional(whose->user.id) : std::nullopt, typed));
    if (!used) return Proof{};
    const auto left = TRY(ports_.directory.recovery_codes(id, whose->user.id)).size() - 1;
    std::vector<Change> spent{*used};
    const Told told{.notice = Notice::recoveryCodeUsed, .at = facts.now, .from = &facts, .words = {{"left", std::to_string(left)}}, .other_addresses = {}};
    TRY(add_notice(spent, ports_, tenant, whose->user, told));
    return Proof{std::move(spent)};
}

Result<ResetTurn> ResetPassword::wrong_code(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts) {
    TRY(note(tenant, now, {{}, "gateFailed", std::string(to_string(flow.asked))}, {}, facts));
    TRY(save(tenant, flow, facts.now));
    return ResetTurn{.flow = std::move(flow), .problem = ResetProblem::code};
}

Result<ResetTurn> ResetPassword::proven(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts) {
    ResetTurn turn{.flow = std::move(flow)};
    turn.flow.proven.push_back(turn.flow.asked);
    turn.offered    = TRY(offered(tenant, turn.flow, now, facts));
    turn.flow.stage = turn.offered.empty() ? ResetStage::password : ResetStage::method;
    if (now.account) turn.length_min = password_length_min(tenant, *now.account);
    if (turn.flow.stage == ResetStage::password && turn.flow.wish == ResetWish::unlock) return unlock(tenant, std::move(turn.flow), facts);
    TRY(renew(tenant, turn, facts.now));
    return turn;
}

Result<ResetTurn> ResetPassword::answer_password(const TenantSnapshot& tenant, ResetFlow flow, const ResetAnswer& answer, const RequestFacts& facts) {
    const auto now     = TRY(standing(tenant, flow, facts.now));
    const auto refused = [&](ResetProblem problem, std::vector<credentials::PasswordFinding> reasons) {
        ResetTurn turn{.flow = std::move(flow), .problem = problem, .reasons = std::move(reasons)};
        turn.length_min = password_length_min(tenant, *now.account);
        return turn;
    };
    if (!now.offer || !credentials::open_methods(*now.offer, flow.proven).empty()) {
        const bool is_gone = !now.account || now.account->user.deleted_at;
        const auto gone    = failed_password_code(ErrorCode::notFound);
        TRY(note(tenant, now, {{}, "refused", is_gone ? fmt::format("{} {}", number_of(gone), to_string(gone)) : now.refusal}, {}, facts));
        return no_longer(tenant, std::move(flow), now);
    }
    if (!(answer.new_password == answer.confirm_password)) return refused(ResetProblem::confirmationDiffers, {});
    const auto& account = *now.account;
    const auto risk     = TRY(RiskChanges::read(ports_, tenant.tenant.id, account.user.id, std::nullopt)).assess();
    auto verdict        = TRY(passwords_.judge(tenant, account, answer.new_password, history_of(tenant.tenant.settings.passwords, risk.user)));
    if (!verdict.objections.empty()) {
        TRY(commit(tenant, {"ResetPassword", owner(account.user.id)}, {password_rejected(account.user.id, verdict.objections)}, facts));
        return refused(ResetProblem::passwordRefused, std::move(verdict.objections));
    }

    auto counters = ResetLimits(ports_, tenant.tenant.id, to_string(account.user.id));
    if (!TRY(counters.charge_reset(facts.now))) return stop(tenant, std::move(flow), "resets", facts);
    // Taken before it is used: of two answers at once, one sets a password.
    if (!TRY(ports_.flows.take(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id), facts.now))) {
        return Error{ErrorCode::conflict, "the reset went on elsewhere"};
    }
    // Choosing took its time: a report, a block or a revocation of that moment counts.
    const auto still = TRY(standing(tenant, flow, facts.now));
    if (!still.offer || !credentials::open_methods(*still.offer, flow.proven).empty()) return no_longer(tenant, std::move(flow), still);
    TRY(set_password(tenant, account, answer.new_password, std::move(verdict.would_be_refused), facts));
    TRY(verify_password_.unlock(tenant.tenant.id, account.user.id));
    TRY(clear_reset_limits(ports_, tenant.tenant.id, account.user.id));
    flow.stage = ResetStage::done;
    return ResetTurn{.flow = std::move(flow)};
}

/// Password, sessions, risk and notices, all or nothing.
Result<void> ResetPassword::set_password(const TenantSnapshot& tenant, const Account& account, const Secret& chosen,
                                         std::vector<std::string> would_be_refused, const RequestFacts& facts) {
    const auto id        = tenant.tenant.id;
    const auto& user     = account.user;
    const auto& settings = tenant.tenant.settings.reset;
    auto record          = TRY(passwords_.record(tenant, account, chosen, PasswordSetter::Kind::permanent, facts.now));
    std::vector<Change> changes{PasswordSet{std::move(record), std::move(would_be_refused)}, SessionsRevoked{user.id, facts.now, "password reset"}};
    Told told{.notice = Notice::passwordReset, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}};
    if (settings.notifies_users) TRY(add_notice(changes, ports_, tenant, user, told));
    if (settings.notifies_administrators && !account.roles.empty()) {
        told.notice = Notice::administratorReset;
        TRY(tell_administrators(changes, ports_, tenant, user, told));
    }
    const auto attempt = [&]() -> Result<void> {
        auto book = TRY(RiskChanges::read(ports_, id, user.id, std::nullopt));
        TRY(book.happen({.event = risk::RiskEvent::passwordReset, .by = risk::ActorKind::user, .target = {.user = user.id}, .at = facts.now},
                        to_string(user.id)));
        auto all     = changes;
        auto of_risk = TRY(book.changes(ports_, facts.now));
        all.insert(all.end(), std::make_move_iterator(of_risk.begin()), std::make_move_iterator(of_risk.end()));
        return commit(tenant, {"ResetPassword", owner(user.id)}, std::move(all), facts);
    };
    return decide_again_on_conflict(attempt, kDecisionsOfBrowserMax);
}

/// The password stays and running locks too; what only recovery opens is open again (credentials.md §9.6).
Result<ResetTurn> ResetPassword::unlock(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts) {
    if (!TRY(ports_.flows.take(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id), facts.now))) {
        return Error{ErrorCode::conflict, "the reset went on elsewhere"};
    }
    TRY(commit(tenant, {"UnlockAccount", owner(flow.user)}, {ResetProgressed{flow.user, "unlocked", {}}}, facts));
    TRY(verify_password_.lift_ceiling(tenant.tenant.id, flow.user, facts.now));
    TRY(clear_reset_limits(ports_, tenant.tenant.id, flow.user));
    flow.stage = ResetStage::done;
    return ResetTurn{.flow = std::move(flow)};
}

/// The help desk hears of accounts that exist; whoever asks hears the same of every name.
Result<ResetTurn> ResetPassword::ask_help_desk(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts) {
    const bool may_ask = TRY(limits(tenant, flow).charge_help(facts.now));
    const auto now     = TRY(standing(tenant, flow, facts.now));
    const Told told{.notice = Notice::contactAdministrator, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}};
    std::vector<Change> sent;
    TRY(tell_administrators(sent, ports_, tenant, now.account ? now.account->user : identity::User{}, told));
    if (!may_ask || !now.account) sent.clear();
    TRY(note(tenant, now, {{}, sent.empty() ? "helpDeskNotAsked" : "helpDeskAsked", now.refusal}, std::move(sent), facts));
    return end(tenant, std::move(flow), ResetStage::asked);
}

Result<ResetTurn> ResetPassword::stop(const TenantSnapshot& tenant, ResetFlow flow, std::string_view because, const RequestFacts& facts) {
    TRY(limits(tenant, flow).stop(facts.now));
    const auto now = TRY(standing(tenant, flow, facts.now));
    TRY(note(tenant, now, {{}, "blocked", std::string(because)}, {}, facts));
    return end(tenant, std::move(flow), ResetStage::stopped);
}

/// Nobody may set a password any more who proved themselves here. A reset that was ended elsewhere can begin anew; others cannot.
Result<ResetTurn> ResetPassword::no_longer(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now) {
    auto turn    = TRY(end(tenant, std::move(flow), ResetStage::unavailable));
    turn.is_over = now.is_ended;
    return turn;
}

Result<ResetTurn> ResetPassword::end(const TenantSnapshot& tenant, ResetFlow flow, ResetStage stage) {
    TRY(ports_.flows.erase(tenant.tenant.id, FlowKind::passwordReset, to_string(flow.id)));
    flow.stage = stage;
    return ResetTurn{.flow = std::move(flow)};
}

}  // namespace portcullis::app
