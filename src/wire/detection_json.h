#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/detection/detector.h"
#include "core/risk/assess.h"
#include "core/risk/records.h"

/// Findings, detections and risky users as JSON. Source: graph-api.md §2.1–2.3.
namespace portcullis::wire {

json::array to_json(const detection::Evidence& evidence);
Result<detection::Evidence> evidence_from_json(const json::array& facts);

/// One finding of a sign-in record: `{riskEventType, verdict, because | riskLevel, bits, evidence}`. A finding that was
/// scored and stayed under its limit tells its terms too.
json::object to_json(const detection::Finding& finding, const signals::SignInSignals& sign_in);

/// Who a detection is about, for the members that Graph repeats.
struct UserNames {
    std::string display_name;
    std::string principal_name;
};
/// Graph `riskDetection` with the product's own members `remediationMethod`, `sessionId`, `mitreTechnique`, `riskEvidence`.
json::object to_graph(const risk::RiskDetection& detection, const UserNames& names);
/// Graph `riskyUser`.
json::object to_graph(const risk::RiskyUser& user, const UserNames& names);
/// Graph `riskyUserHistoryItem` without its `id`.
json::object to_graph(const risk::RiskHistoryItem& item, const UserNames& names);

/// `additionalInfo`: a JSON array of `{"Key","Value"}` as text; `[]` when there is nothing to say.
std::string additional_info(const risk::RiskDetection& detection);

/// The id of a detection in Graph: 64 lower-case hex digits, ours twice (graph-api.md §1).
std::string graph_detection_id(const DetectionId& id);
/// That, or the UUID.
std::optional<DetectionId> parse_detection_id(std::string_view text);

/// What a store keeps of a detection beside its searchable columns, and back: every member, so nothing is lost.
std::string encode_detection(const risk::RiskDetection& detection);
/// Errors: unavailable when the text is not what encode_detection writes (a broken row is a broken store).
Result<risk::RiskDetection> decode_detection(std::string_view text);
std::string encode_history_item(const risk::RiskHistoryItem& item);
Result<risk::RiskHistoryItem> decode_history_item(std::string_view text);

}  // namespace portcullis::wire
