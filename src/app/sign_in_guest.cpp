#include "app/sign_in.h"
#include "app/sign_in_steps.h"

namespace portcullis::app {
namespace {

constexpr std::string_view kStep = "Email one-time passcode";

GuestAttempt attempt_of(const SignInFlow& flow) { return {.name = flow.typed_name, .flow = flow.id, .flow_ends_at = flow.expires_at}; }

}  // namespace

/// The page that follows is the same whoever was named, and whether anything was sent (PROTO-803).
Result<Turn> SignIn::send_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto sent = guest_codes_.send(tenant, attempt_of(flow), facts);
    if (!sent && sent.error().code == ErrorCode::tooManyRequests) return Turn{.flow = std::move(flow), .problem = Problem::stopped};
    if (!sent) return sent.error();
    flow.stage = Stage::guestCode;
    return Turn{.flow = std::move(flow)};
}

Result<Turn> SignIn::answer_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    const bool takes_guests = tenant.methods.guest_codes() != identity::FeatureState::disabled;
    if (submission.method == "password" || !takes_guests) {
        flow.stage = Stage::password;
        return Turn{.flow = std::move(flow)};
    }
    if (submission.action == "next") return send_guest_code(tenant, std::move(flow), facts);
    if (submission.otp.empty()) return Turn{.flow = std::move(flow), .problem = Problem::guestCode};
    const auto outcome = TRY(guest_codes_.verify(tenant, attempt_of(flow), submission.otp, facts));
    if (const auto* refused = std::get_if<GuestRefused>(&outcome)) return refused_guest_code(tenant, std::move(flow), *refused, facts);
    return passed_guest_code(tenant, std::move(flow), std::get<GuestAccepted>(outcome), facts);
}

/// A first factor, and one factor only. Session, grants and tokens end with it (credentials.md §6.4).
Result<Turn> SignIn::passed_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const GuestAccepted& accepted, const RequestFacts& facts) {
    TRY(become(tenant, flow, accepted.account, facts.now));
    flow.error_code = 0;
    prove(flow, AuthMethod::email, facts.now, accepted.address);
    flow.factors.back().ends_at = facts.now + credentials::kGuestSessionLives;
    flow.steps.push_back(step_taken(facts.now, kStep, true, "Code sent by mail accepted"));
    return went_on(begin(tenant, std::move(flow), accepted.account, facts));
}

/// One answer for every failure; the record tells them apart.
Result<Turn> SignIn::refused_guest_code(const TenantSnapshot& tenant, SignInFlow flow, const GuestRefused& refused, const RequestFacts& facts) {
    const bool is_disabled = refused.because == GuestRefusal::disabled;
    auto failed            = flow;
    failed.sign_in         = ports_.random.new_id<SignInId>(facts.now);  // a line of its own: this attempt is over
    failed.is_interactive  = true;
    failed.user            = refused.user ? refused.user->id : UserId{};
    failed.error_code      = is_disabled ? 50057 : refused.user ? 50126 : 50034;
    failed.refusal         = is_disabled ? "the account is disabled" : "the code sent by mail was not accepted";
    failed.steps.push_back(step_taken(facts.now, kStep, is_disabled, is_disabled ? "Code sent by mail accepted" : "Incorrect code, or one that is over"));
    std::optional<Account> account;
    if (refused.user) account = Account{.user = *refused.user, .password = {}, .methods = {}, .groups = {}, .roles = {}};
    TRY(record_failure(tenant, failed, account ? &*account : nullptr, facts));
    if (!is_disabled) return Turn{.flow = std::move(flow), .problem = Problem::guestCode};
    flow.stage      = Stage::refused;
    flow.error_code = 50057;
    flow.refusal    = "the account is disabled";
    return Turn{.flow = std::move(flow)};
}

}  // namespace portcullis::app
