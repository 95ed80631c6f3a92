#include "app/admin/confirm_user_compromised.h"

#include <algorithm>

#include "app/admin/risk_case.h"
#include "app/notices.h"
#include "core/risk/raise.h"

namespace portcullis::app {
namespace {

/// Detections about the user alone: a confirmed sign-in is not a confirmed user.
std::vector<risk::RiskDetection> about_user(std::span<const risk::RiskDetection> detections) {
    std::vector<risk::RiskDetection> chosen;
    std::ranges::copy_if(detections, std::back_inserter(chosen), [](const auto& d) { return !d.sign_in; });
    return chosen;
}

}  // namespace

Result<void> ConfirmUserCompromised::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::actOnRisk));
    return decide_again_on_conflict([&] { return attempt(admin, user); });
}

Result<void> ConfirmUserCompromised::attempt(const Admin& admin, UserId user) {
    auto open         = TRY(open_user_case(ports_, admin, user));
    const auto before = open.book.assess().user;
    std::vector<risk::RiskDetection> added;
    const auto id = ports_.random.new_id<DetectionId>(admin.now);
    if (auto detection = risk::confirmed_user_compromised(about_user(open.book.detections()), user, id, admin.now)) {
        added.push_back(std::move(*detection));
    }
    TRY(open.book.happen(said_by(admin, risk::RiskEvent::userConfirmedCompromised, open.target), initiated_by(admin), added));
    const auto after = open.book.assess().user;
    auto changes     = TRY(open.book.changes(ports_, admin.now));
    TRY(tell_of_risk(changes, ports_, *TRY(ports_.tenants.snapshot(admin.tenant)), open.account.user, {.before = before, .after = after}, nullptr, admin.now));
    if (!changes.empty()) changes.push_back(SessionsRevoked{user, admin.now, "user confirmed compromised"});
    return commit_act(ports_, admin, "ConfirmUserCompromised", std::move(changes));
}

}  // namespace portcullis::app
