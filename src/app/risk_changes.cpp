#include "app/risk_changes.h"

#include <algorithm>

namespace portcullis::app {

using risk::Happening;
using risk::RiskDetection;

Result<RiskChanges> RiskChanges::read(Ports& ports, TenantId tenant, UserId user, std::optional<SignInId> sign_in) {
    RiskChanges changes(tenant, user, sign_in);
    auto risk           = TRY(ports.detections.of_user(tenant, user, sign_in));
    changes.detections_ = std::move(risk.detections);
    changes.stood_      = std::move(risk.stands);
    return changes;
}

void RiskChanges::settle(std::span<const RiskDetection> touched, const std::optional<risk::Reason>& reason,
                         const Happening& happening, std::string initiated_by) {
    stood_ = risk::project_user(detections_, stood_, reason, user_, happening.at);
    history_.push_back(risk::history_item(*stood_, touched, happening, std::move(initiated_by)));
    for (const auto& detection : touched) {
        if (!detection.sign_in || detection.sign_in == sign_in_) continue;
        if (std::ranges::find(touched_sign_ins_, *detection.sign_in) == touched_sign_ins_.end()) {
            touched_sign_ins_.push_back(*detection.sign_in);
        }
    }
}

void RiskChanges::raise(std::span<const RiskDetection> detections, Instant now) {
    if (detections.empty()) return;
    for (const auto& detection : detections) {
        detections_.push_back(detection);
        changes_.push_back(DetectionRaised{detection});
    }
    settle(detections, std::nullopt,
           {.event = risk::RiskEvent::realtimeDetection, .by = risk::ActorKind::system, .target = {.user = user_}, .at = now}, "");
}

Result<void> RiskChanges::happen(const Happening& happening, std::string initiated_by) {
    return happen(happening, std::move(initiated_by), {});
}

Result<void> RiskChanges::happen(const Happening& happening, std::string initiated_by, std::span<const RiskDetection> added) {
    const auto moves = TRY(risk::transition(detections_, happening));
    if (moves.empty() && added.empty()) return {};
    detections_ = risk::apply(detections_, moves, happening.at);
    std::vector<RiskDetection> touched;
    for (const auto& move : moves) {
        touched.push_back(*std::ranges::find(detections_, move.detection, &RiskDetection::id));
        changes_.push_back(RiskMoved{touched.back(), move.from});
    }
    for (const auto& detection : added) {
        detections_.push_back(detection);
        touched.push_back(detection);
        changes_.push_back(DetectionRaised{detection});
    }
    const auto& row = risk::row_of(happening.event);
    const auto why  = moves.empty() ? std::nullopt : std::optional(risk::Reason{row.to, row.reason});
    settle(touched, why, happening, std::move(initiated_by));
    return {};
}

void RiskChanges::note(const Happening& happening, std::string initiated_by, std::string text) {
    const auto stands = stood_.value_or(risk::RiskyUser{.user = user_});
    auto item         = risk::history_item(stands, {}, happening, std::move(initiated_by));
    item.note         = std::move(text);
    stood_            = stands;
    history_.push_back(std::move(item));
}

risk::SignInRisk RiskChanges::sign_in_risk(const risk::SignInRisk& before) const {
    if (!sign_in_) return before;
    return risk::project_sign_in(detections_, *sign_in_, before);
}

Result<std::vector<Change>> RiskChanges::changes(Ports& ports, Instant now) {
    auto changes = std::move(changes_);
    for (auto& item : history_) changes.push_back(RiskyUserChanged{*stood_, std::move(item), ports.random.new_id<ActId>(now)});
    for (const auto sign_in : touched_sign_ins_) {
        const auto record = TRY(ports.sign_ins.sign_in(tenant_, sign_in));
        if (!record) continue;
        const risk::SignInRisk before{record->risk_level_aggregated, record->risk_state, record->risk_detail};
        changes.push_back(SignInRiskChanged{sign_in, risk::project_sign_in(detections_, sign_in, before)});
    }
    history_.clear();
    touched_sign_ins_.clear();
    changes_.clear();
    return changes;
}

}  // namespace portcullis::app
