#include "app/admin/report_leaked_credentials.h"

#include "app/admin/risk_case.h"

namespace portcullis::app {

Result<risk::RiskDetection> ReportLeakedCredentials::operator()(const Admin& admin, UserId user, const risk::Leak& leak,
                                                                RiskLevel level) {
    TRY(require(admin, Capability::actOnRisk));
    if (level == RiskLevel::none) return Error{ErrorCode::invalidRequest, "the level of a detection is low, medium or high"};
    auto detection  = risk::leaked_credentials(leak, user, ports_.random.new_id<DetectionId>(admin.now), admin.now);
    detection.level = level;
    return decide_again_on_conflict([&]() -> Result<risk::RiskDetection> {
        auto open = TRY(open_user_case(ports_, admin, user));
        TRY(open.book.happen(said_by(admin, risk::RiskEvent::userDetection, open.target), initiated_by(admin), {&detection, 1}));
        TRY(commit_act(ports_, admin, "ReportLeakedCredentials", TRY(open.book.changes(ports_, admin.now))));
        return detection;
    });
}

}  // namespace portcullis::app
