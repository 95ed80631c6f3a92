#include "app/admin/dismiss_user_risk.h"

#include <fmt/format.h>

#include "app/admin/risk_case.h"

namespace portcullis::app {

Result<void> DismissUserRisk::operator()(const Admin& admin, std::span<const UserId> users) {
    TRY(require(admin, Capability::actOnRisk));
    if (users.empty() || users.size() > kUsersPerCallMax) {
        return Error{ErrorCode::invalidRequest, fmt::format("name 1 to {} users", kUsersPerCallMax)};
    }
    for (const auto user : users) TRY(require_other(admin, user));
    return decide_again_on_conflict([&] { return attempt(admin, users); });
}

Result<void> DismissUserRisk::attempt(const Admin& admin, std::span<const UserId> users) {
    std::vector<Change> changes;
    for (const auto user : users) {
        auto open = TRY(open_user_case(ports_, admin, user));
        TRY(open.book.happen(said_by(admin, risk::RiskEvent::userRiskDismissed, open.target), initiated_by(admin)));
        for (auto& change : TRY(open.book.changes(ports_, admin.now))) changes.push_back(std::move(change));
    }
    return commit_act(ports_, admin, "DismissUserRisk", std::move(changes));
}

}  // namespace portcullis::app
