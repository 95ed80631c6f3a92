#include "main/demo/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/terms/error_codes.h"
#include "wire/detection_json.h"

namespace portcullis::demo {
namespace {

using pages::DemoWhy;

constexpr json::Limits kRecord{.bytes_max = 1024 * 1024, .depth_max = 32};  // as we wrote it

std::string text_at(const json::object& o, std::string_view name) {
    const auto* value = o.if_contains(name);
    if (!value || value->is_null()) return {};
    if (const auto* text = value->if_string()) return std::string(*text);
    return json::to_text(*value);
}

std::string joined(const json::array* values) {
    std::string text;
    if (!values) return text;
    for (const auto& value : *values) {
        const auto* one = value.if_string();
        if (!one) continue;
        text += (text.empty() ? "" : ", ") + std::string(*one);
    }
    return text;
}

/// A fact of the record, or why it is not known.
void add_fact(std::vector<DemoWhy::Fact>& facts, std::string name, std::string value) {
    facts.push_back({std::move(name), value.empty() ? "unknown" : std::move(value)});
}

std::string place_text(const json::object& document) {
    const auto* location = json::object_at(document, "location");
    if (!location) return {};
    const auto city = text_at(*location, "city"), country = text_at(*location, "countryOrRegion");
    return city.empty() ? country : city + ", " + country;
}

std::string network_text(const json::object& document) {
    const auto* signals = json::object_at(document, "signals");
    const auto* network = signals ? json::object_at(*signals, "network") : nullptr;
    const auto number   = text_at(document, "autonomousSystemNumber");
    if (number.empty()) return {};
    const auto name = network ? text_at(*network, "autonomousSystemName") : std::string();
    return name.empty() ? "AS" + number : fmt::format("AS{} {}", number, name);
}

std::string client_text(const json::object& document) {
    const auto* device = json::object_at(document, "deviceDetail");
    if (!device) return {};
    const auto browser = text_at(*device, "browser"), system = text_at(*device, "operatingSystem");
    return browser.empty() ? system : fmt::format("{} on {}", browser, system.empty() ? "an unknown system" : system);
}

std::vector<DemoWhy::Fact> facts_of(const Story& story, const json::object& document) {
    std::vector<DemoWhy::Fact> facts;
    add_fact(facts, "userPrincipalName", story.record.user_principal_name);
    add_fact(facts, "appDisplayName", text_at(document, "appDisplayName"));
    add_fact(facts, "createdDateTime", to_rfc3339(story.record.created_at));
    add_fact(facts, "ipAddress", story.record.ip_address);
    add_fact(facts, "location", place_text(document));
    add_fact(facts, "network", network_text(document));
    add_fact(facts, "client", client_text(document));
    add_fact(facts, "clientAppUsed", text_at(document, "clientAppUsed"));
    add_fact(facts, "status.errorCode", std::to_string(story.record.error_code));
    add_fact(facts, "conditionalAccessStatus", story.record.conditional_access_status);
    add_fact(facts, "correlationId", to_string(story.record.correlation));
    return facts;
}

std::vector<DemoWhy::Evidence> evidence_of(const json::object& finding) {
    std::vector<DemoWhy::Evidence> evidence;
    const auto* facts = json::array_at(finding, "evidence");
    if (!facts) return evidence;
    for (const auto& value : *facts) {
        if (const auto* fact = value.if_object()) {
            evidence.push_back({text_at(*fact, "name"), text_at(*fact, "observed"), text_at(*fact, "limit")});
        }
    }
    return evidence;
}

DemoWhy::Detection detection_of(const json::object& finding) {
    const auto verdict = text_at(finding, "verdict");
    DemoWhy::Detection shown{.type     = text_at(finding, "riskEventType"),
                             .verdict  = DemoWhy::Verdict::notDetected,
                             .level    = text_at(finding, "riskLevel"),
                             .because  = text_at(finding, "because"),
                             .evidence = evidence_of(finding)};
    if (verdict == "detected") shown.verdict = DemoWhy::Verdict::detected;
    if (verdict == "notEvaluated") shown.verdict = DemoWhy::Verdict::notEvaluated;
    return shown;
}

/// What the policy does, as far as its result tells: the record holds no state.
std::string state_of(std::string_view result) {
    if (result.starts_with("reportOnly")) return "enabledForReportingButNotEnforced";
    return result == "notEnabled" ? "disabled" : "enabled";
}

DemoWhy::Policy policy_of(const json::object& policy) {
    const auto result = text_at(policy, "result");
    DemoWhy::Policy shown{.name     = text_at(policy, "displayName"),
                          .state    = state_of(result),
                          .result   = result,
                          .controls = joined(json::array_at(policy, "enforcedGrantControls")),
                          .conditions = {}};
    const auto* conditions = json::array_at(policy, "conditions");
    if (!conditions) return shown;
    for (const auto& value : *conditions) {
        if (const auto* one = value.if_object()) {
            shown.conditions.push_back({text_at(*one, "condition"), text_at(*one, "because"), json::bool_at(*one, "matched").value_or(false)});
        }
    }
    return shown;
}

template <class Row>
std::vector<Row> rows_of(const json::object& document, std::string_view name, Row (*row_of)(const json::object&)) {
    std::vector<Row> rows;
    const auto* values = json::array_at(document, name);
    if (!values) return rows;
    for (const auto& value : *values) {
        if (const auto* o = value.if_object()) rows.push_back(row_of(*o));
    }
    return rows;
}

DemoWhy::Step step_of(const json::object& step) {
    const bool succeeded = json::bool_at(step, "succeeded").value_or(false);
    return {parse_rfc3339(text_at(step, "authenticationStepDateTime")).value_or(Instant{}),
            fmt::format("{}: {} ({})", text_at(step, "authenticationMethod"), succeeded ? "succeeded" : "failed",
                        text_at(step, "authenticationStepResultDetail"))};
}

/// What happened to the sign-in's detections after they were raised.
void add_moves(std::vector<DemoWhy::Step>& steps, const std::vector<risk::RiskDetection>& detections) {
    for (const auto& detection : detections) {
        steps.push_back({detection.detected_at, fmt::format("{} raised: {}", to_string(detection.type), to_string(detection.level))});
        if (detection.state == RiskState::atRisk) continue;
        steps.push_back({detection.last_updated_at,
                         fmt::format("{}: {}, {}", to_string(detection.type), to_string(detection.state), to_string(detection.detail))});
    }
    std::ranges::stable_sort(steps, {}, &DemoWhy::Step::when);
}

std::string sentence_of(const Story& story, const json::object& document) {
    const auto* status = json::object_at(document, "status");
    const auto who     = story.record.user_principal_name;
    if (story.record.error_code == 0) return who + " was let in.";
    const auto reason  = status ? text_at(*status, "failureReason") : std::string();
    const auto outcome = outcome_of(story.record.error_code);
    const auto what    = outcome == "interrupted" ? "was asked for more" : outcome == "blocked" ? "was stopped" : "did not prove who they are";
    return fmt::format("{} {} ({}): {}", who, what, story.record.error_code, reason);
}

}  // namespace

std::string outcome_of(int error_code) {
    // Refusals that a better try may turn: wrong or too many passwords and codes. Other failures are for good.
    static constexpr auto kUnproven = std::to_array<int>({50034, 50053, 50056, 50126, 500121, 120000});
    if (error_code == 0) return "granted";
    if (std::ranges::find(kUnproven, error_code) != kUnproven.end()) return "failed";
    const auto entry = find_sts_error(static_cast<std::uint32_t>(error_code));
    return entry && entry->kind == StsClass::interrupt ? "interrupted" : "blocked";
}

json::object data_of(const Story& story) {
    auto parsed   = json::parse_object(story.record.document, kRecord);
    auto document = parsed ? std::move(parsed).value() : json::object{{"id", to_string(story.record.id)}};

    document["riskLevelAggregated"] = to_string(story.record.risk_level_aggregated);
    document["riskState"]           = to_string(story.record.risk_state);
    document["riskDetail"]          = to_string(story.record.risk_detail);
    json::array detections;
    for (const auto& one : story.detections) detections.push_back(wire::to_graph(one, {{}, story.record.user_principal_name}));
    document["riskDetections"] = std::move(detections);
    return document;
}

DemoWhy why_of(const Story& story) {
    const auto document = data_of(story);
    DemoWhy why;
    why.outcome      = sentence_of(story, document);
    why.facts        = facts_of(story, document);
    why.detections   = rows_of<DemoWhy::Detection>(document, "riskFindings", detection_of);
    why.policies     = rows_of<DemoWhy::Policy>(document, "appliedConditionalAccessPolicies", policy_of);
    why.sign_in_risk = {std::string(to_string(story.record.risk_level_during_sign_in)), std::string(to_string(story.record.risk_level_aggregated))};
    const auto before = text_at(document, "userRiskLevel");
    why.user_risk    = {before.empty() ? "unknown" : before, std::string(to_string(story.user_risk_now))};
    why.steps        = rows_of<DemoWhy::Step>(document, "authenticationDetails", step_of);
    add_moves(why.steps, story.detections);
    return why;
}

}  // namespace portcullis::demo
