#include "app/admin/delete_user.h"

#include "app/admin/risk_case.h"

namespace portcullis::app {

Result<void> DeleteUser::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::manageUsers));
    return decide_again_on_conflict([&] { return attempt(admin, user); });
}

Result<void> DeleteUser::attempt(const Admin& admin, UserId user) {
    const auto account = TRY(any_account(ports_, admin, user));
    TRY(require_above(admin, account));
    if (account.user.deleted_at) return {};

    std::vector<Change> changes{UserDeleted{user}, SessionsRevoked{user, admin.now, "account deleted"}};
    if (auto stood = TRY(ports_.detections.risky_user(admin.tenant, user))) {
        stood->is_deleted    = true;
        const auto happening = said_by(admin, risk::RiskEvent::userDeleted, {.user = user});
        changes.push_back(RiskyUserChanged{*stood, risk::history_item(*stood, {}, happening, initiated_by(admin)),
                                           ports_.random.new_id<ActId>(admin.now)});
    }
    return commit_act(ports_, admin, "DeleteUser", std::move(changes));
}

}  // namespace portcullis::app
