#include "app/admin/confirm_user_safe.h"

#include "app/admin/risk_case.h"

namespace portcullis::app {

Result<void> ConfirmUserSafe::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::actOnRisk));
    TRY(require_other(admin, user));
    return decide_again_on_conflict([&] { return attempt(admin, user); });
}

Result<void> ConfirmUserSafe::attempt(const Admin& admin, UserId user) {
    auto open = TRY(open_user_case(ports_, admin, user));
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::userConfirmedSafe, open.target), initiated_by(admin)));
    auto changes       = TRY(open.book.changes(ports_, admin.now));
    const auto profile = TRY(ports_.profiles.of_user(admin.tenant, user));
    if (!changes.empty() && profile.version != 0) {
        changes.push_back(ProfileTrained{user, signals::relearn(profile.profile, admin.now), profile.version});
    }
    return commit_act(ports_, admin, "ConfirmUserSafe", std::move(changes));
}

}  // namespace portcullis::app
