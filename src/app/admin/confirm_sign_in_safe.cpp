#include "app/admin/confirm_sign_in_safe.h"

#include "app/admin/risk_case.h"
#include "app/collect_signals.h"
#include "wire/signals_json.h"

namespace portcullis::app {

Result<void> ConfirmSignInSafe::operator()(const Admin& admin, SignInId sign_in) {
    TRY(require(admin, Capability::actOnRisk));
    return decide_again_on_conflict([&] { return attempt(admin, sign_in); });
}

Result<void> ConfirmSignInSafe::attempt(const Admin& admin, SignInId sign_in) {
    auto open = TRY(open_sign_in_case(ports_, admin, sign_in));
    TRY(require_other(admin, open.record.user));
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::signInConfirmedSafe, open.target), initiated_by(admin)));
    if (open.has(RiskState::confirmedCompromised)) {
        return Error{ErrorCode::conflict, "the user is confirmed compromised: decide on the user's risk first"};
    }
    auto changes = TRY(changes_of(ports_, admin, open));
    if (!changes.empty()) changes.push_back(TRY(learned(admin, open.record)));
    return commit_act(ports_, admin, "ConfirmSignInSafe", std::move(changes));
}

/// The profile after the sign-in as it was seen then; the record keeps its signals for that (G7).
Result<Change> ConfirmSignInSafe::learned(const Admin& admin, const SignInRecord& record) {
    const auto document = TRY(json::parse_object(record.document, {.bytes_max = std::size_t{1} << 20, .depth_max = 32}));
    const auto* stored  = json::object_at(document, "signals");
    if (!stored) return Error{ErrorCode::unavailable, "the sign-in's record holds no signals to learn from"};
    const auto seen     = TRY(wire::signals_from_json(*stored));
    const auto profile  = TRY(ports_.profiles.of_user(admin.tenant, record.user));
    const auto features = signals::features_of(seen, feature_key(ports_, admin.tenant));
    return Change{ProfileTrained{record.user, signals::train(profile.profile, seen, features), profile.version}};
}

}  // namespace portcullis::app
