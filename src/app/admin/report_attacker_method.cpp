#include "app/admin/report_attacker_method.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/admin/risk_case.h"
#include "app/notices.h"

namespace portcullis::app {

Result<risk::RiskDetection> ReportAttackerMethod::operator()(const Admin& admin, UserId user, MethodId method) {
    TRY(require(admin, Capability::actOnRisk));
    TRY(require(admin, Capability::resetMethods));
    const auto tenant    = TRY(ports_.tenants.snapshot(admin.tenant));
    const auto detection = risk::attacker_added_method(method, user, ports_.random.new_id<DetectionId>(admin.now), admin.now);
    return decide_again_on_conflict([&]() -> Result<risk::RiskDetection> {
        auto open        = TRY(open_user_case(ports_, admin, user));
        const auto found = std::ranges::find(open.account.methods, method, &identity::AuthenticationMethod::id);
        TRY(require_above(admin, open.account));
        if (found == open.account.methods.end()) {
            return Error{ErrorCode::notFound, fmt::format("the user has no method `{}`", to_string(method))};
        }
        TRY(open.book.happen(said_by(admin, risk::RiskEvent::userDetection, open.target), initiated_by(admin), {&detection, 1}));
        auto changes = TRY(open.book.changes(ports_, admin.now));
        changes.push_back(MethodRemoved{user, method});
        changes.push_back(SessionsRevoked{user, admin.now, "a method that somebody else added"});
        const Words words{{"method", std::string(to_string(found->kind))}};
        TRY(add_notice(changes, ports_, *tenant, open.account.user,
                       {.notice = Notice::methodRemoved, .at = admin.now, .from = nullptr, .words = words, .other_addresses = {}}));
        TRY(commit_act(ports_, admin, "ReportAttackerMethod", std::move(changes)));
        return detection;
    });
}

}  // namespace portcullis::app
