#include "app/admin/confirm_sign_in_compromised.h"

#include "app/admin/risk_case.h"

namespace portcullis::app {
namespace {

/// Risk lives on detections: a sign-in in which nothing was detected gets one for what the administrator knows.
risk::RiskDetection word_of_administrator(const SignInRecord& record, DetectionId id, Instant now) {
    risk::RiskDetection detection;
    detection.id              = id;
    detection.user            = record.user;
    detection.sign_in         = record.id;
    detection.correlation     = record.correlation;
    detection.type            = RiskEventType::adminConfirmedUserCompromised;
    detection.level           = RiskLevel::high;
    detection.state           = RiskState::confirmedCompromised;
    detection.detail          = RiskDetail::adminConfirmedSigninCompromised;
    detection.timing          = DetectionTiming::offline;
    detection.activity_at     = record.created_at;
    detection.detected_at     = now;
    detection.last_updated_at = now;
    detection.ip_address      = record.ip_address;
    detection.evidence        = {{"confirmedBy", "an administrator"}};
    return detection;
}

}  // namespace

Result<void> ConfirmSignInCompromised::operator()(const Admin& admin, SignInId sign_in) {
    TRY(require(admin, Capability::actOnRisk));
    return decide_again_on_conflict([&] { return attempt(admin, sign_in); });
}

Result<void> ConfirmSignInCompromised::attempt(const Admin& admin, SignInId sign_in) {
    auto open = TRY(open_sign_in_case(ports_, admin, sign_in));
    std::vector<risk::RiskDetection> added;
    if (!open.has_detections()) {
        added.push_back(word_of_administrator(open.record, ports_.random.new_id<DetectionId>(admin.now), admin.now));
    }
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::signInConfirmedCompromised, open.target), initiated_by(admin), added));
    auto changes = TRY(changes_of(ports_, admin, open));
    if (!changes.empty()) changes.push_back(SessionsRevoked{open.record.user, admin.now, "sign-in confirmed compromised"});
    return commit_act(ports_, admin, "ConfirmSignInCompromised", std::move(changes));
}

}  // namespace portcullis::app
