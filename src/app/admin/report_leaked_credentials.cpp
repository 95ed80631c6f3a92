#include "app/admin/report_leaked_credentials.h"

#include "app/admin/risk_case.h"
#include "app/notices.h"

namespace portcullis::app {

Result<risk::RiskDetection> ReportLeakedCredentials::operator()(const Admin& admin, UserId user, const risk::Leak& leak,
                                                                RiskLevel level) {
    TRY(require(admin, Capability::actOnRisk));
    if (level == RiskLevel::none) return Error{ErrorCode::invalidRequest, "the level of a detection is low, medium or high"};
    auto detection  = risk::leaked_credentials(leak, user, ports_.random.new_id<DetectionId>(admin.now), admin.now);
    detection.level = level;
    return decide_again_on_conflict([&]() -> Result<risk::RiskDetection> {
        auto open         = TRY(open_user_case(ports_, admin, user));
        const auto before = open.book.assess().user;
        TRY(open.book.happen(said_by(admin, risk::RiskEvent::userDetection, open.target), initiated_by(admin), {&detection, 1}));
        const auto after = open.book.assess().user;
        auto changes     = TRY(open.book.changes(ports_, admin.now));
        TRY(tell_of_risk(changes, ports_, *TRY(ports_.tenants.snapshot(admin.tenant)), open.account.user, {.before = before, .after = after}, nullptr, admin.now));
        TRY(commit_act(ports_, admin, "ReportLeakedCredentials", std::move(changes)));
        return detection;
    });
}

}  // namespace portcullis::app
