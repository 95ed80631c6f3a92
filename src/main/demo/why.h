#pragma once

#include <optional>
#include <string>

#include "app/ports/risk_detections.h"
#include "base/json.h"
#include "http/pages/render/screens.h"

namespace portcullis::demo {

/// A sign-in with what has become of it since.
struct Story {
    app::SignInRecord record;
    std::vector<risk::RiskDetection> detections;  // of this sign-in
    RiskLevel user_risk_now = RiskLevel::none;
};

/// `granted`, `interrupted`, `blocked` or `failed`: how the demo page sums up an error code of the log.
std::string outcome_of(int error_code);

/// The record as data: the document as it was written, with the risk as it stands now. Never fails: a document that cannot be
/// read gives the searchable members alone.
json::object data_of(const Story& story);

/// The same, readable.
pages::DemoWhy why_of(const Story& story);

}  // namespace portcullis::demo
