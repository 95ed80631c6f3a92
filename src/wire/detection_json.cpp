#include "wire/detection_json.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/overloaded.h"
#include "wire/signals_json.h"

namespace portcullis::wire {
namespace {

using detection::Evidence;
using risk::RiskDetection;

json::value text_or_null(std::string_view text) { return text.empty() ? json::value(nullptr) : json::value(text); }

template <class IdType>
json::value id_or_null(const std::optional<IdType>& id) {
    return id ? json::value(to_string(*id)) : json::value(nullptr);
}

json::value method_or_null(const std::optional<RemediationMethod>& method) {
    return method ? json::value(to_string(*method)) : json::value(nullptr);
}

Error broken(std::string_view member) {
    return {ErrorCode::unavailable, "a stored detection is broken at `" + std::string(member) + "`"};
}

std::string_view fact(const Evidence& evidence, std::string_view name) {
    const auto found = std::ranges::find(evidence, name, &detection::Fact::name);
    return found == evidence.end() ? std::string_view{} : std::string_view(found->observed);
}

/// The milliseconds of an instant: exact, and shorter than text.
json::value ms_of(Instant when) { return unix_ms(when); }

/// Reads members and remembers the first that did not fit.
class Members {
public:
    explicit Members(const json::object& document) : document_(document) {}

    Instant instant(std::string_view name) {
        const auto ms = json::integer_at(document_, name);
        if (!ms) fail(name);
        return from_unix_ms(ms.value_or(0));
    }
    std::string text(std::string_view name) { return json::string_at(document_, name).value_or(""); }
    double number(std::string_view name) { return json::number_at(document_, name).value_or(0); }

    template <class IdType>
    IdType id(std::string_view name) {
        const auto id = parse_id<IdType>(text(name));
        if (!id) fail(name);
        return id.value_or(IdType{});
    }
    template <class IdType>
    std::optional<IdType> id_if_any(std::string_view name) {
        if (!json::string_at(document_, name)) return std::nullopt;
        return id<IdType>(name);
    }
    template <class Parse>
    auto term(std::string_view name, Parse parse) {
        const auto value = parse(text(name));
        if (!value) fail(name);
        return value.value_or(typename decltype(value)::value_type{});
    }
    template <class Parse>
    auto term_if_any(std::string_view name, Parse parse) -> decltype(parse("")) {
        if (!json::string_at(document_, name)) return std::nullopt;
        return term(name, parse);
    }
    void fail(std::string_view name) {
        if (!error_) error_ = broken(name);
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    const json::object& document_;
    std::optional<Error> error_;
};

/// Malformed facts are refused; a fact without a limit has none.
Result<detection::Fact> fact_from(const json::value& value) {
    const auto* o = value.if_object();
    if (!o) return Error{ErrorCode::invalidRequest, "evidence must hold objects"};
    const auto name     = json::string_at(*o, "name");
    const auto observed = json::string_at(*o, "observed");
    if (!name || !observed) return Error{ErrorCode::invalidRequest, "a fact needs `name` and `observed`"};
    return detection::Fact{*name, *observed, json::string_at(*o, "limit").value_or("")};
}

Result<Evidence> stored_evidence(const json::object& document) {
    const auto* array = json::array_at(document, "evidence");
    if (!array) return broken("evidence");
    auto evidence = evidence_from_json(*array);
    if (!evidence) return broken("evidence");
    return std::move(evidence).value();
}

}  // namespace

json::array to_json(const Evidence& evidence) {
    json::array facts;
    facts.reserve(evidence.size());
    for (const auto& fact : evidence) {
        json::object o{{"name", fact.name}, {"observed", fact.observed}};
        if (!fact.limit.empty()) o["limit"] = fact.limit;
        facts.push_back(std::move(o));
    }
    return facts;
}

Result<Evidence> evidence_from_json(const json::array& facts) {
    Evidence evidence;
    evidence.reserve(facts.size());
    for (const auto& value : facts) evidence.push_back(TRY(fact_from(value)));
    return evidence;
}

json::object to_json(const detection::Finding& finding, const signals::SignInSignals& sign_in) {
    json::object o{{"riskEventType", to_string(finding.type)}};
    std::visit(overloaded{
                   [&](const detection::Detected& d) {
                       o["verdict"]   = "detected";
                       o["riskLevel"] = to_string(d.level);
                       o["bits"]      = d.bits;
                       o["evidence"]  = to_json(d.evidence);
                   },
                   [&](const detection::NotDetected& n) {
                       o["verdict"] = "notDetected";
                       o["because"] = n.because;
                       if (!n.score) return;
                       o["bits"]     = n.score->bits;
                       o["evidence"] = to_json(detection::explain(*n.score, sign_in));
                   },
                   [&](const detection::NotEvaluated& n) {
                       o["verdict"] = "notEvaluated";
                       o["because"] = n.because;
                   },
               },
               finding.verdict);
    return o;
}

std::string additional_info(const RiskDetection& detection) {
    json::array pairs;
    const auto add = [&](std::string_view key, std::string_view value) {
        if (!value.empty()) pairs.push_back(json::object{{"Key", key}, {"Value", value}});
    };
    add("userAgent", detection.user_agent);
    add("relatedEventTimeInUtc", fact(detection.evidence, "relatedEventTimeInUtc"));
    add("relatedLocation", fact(detection.evidence, "relatedLocation"));
    if (detection.sign_in) {
        add("requestId", to_string(*detection.sign_in));
        add("correlationId", to_string(detection.correlation));
    }
    add("clientIp", detection.ip_address);
    if (detection.place) add("clientLocation", detection.place->country);
    if (detection.type == RiskEventType::anonymizedIPAddress || detection.type == RiskEventType::nationStateIP)
        pairs.push_back(json::object{{"Key", "riskReasons"}, {"Value", json::array{"suspiciousIP"}}});
    add("mitreTechniques", mitre_technique(detection.type));
    return json::to_text(pairs);
}

json::object to_graph(const RiskDetection& d, const UserNames& names) {
    const bool is_sign_in = d.sign_in.has_value();
    return {{"id", graph_detection_id(d.id)},
            {"requestId", id_or_null(d.sign_in)},
            {"correlationId", is_sign_in ? json::value(to_string(d.correlation)) : json::value(nullptr)},
            {"riskEventType", to_string(d.type)},
            {"riskState", to_string(d.state)},
            {"riskLevel", to_string(d.level)},
            {"riskDetail", to_string(d.detail)},
            {"source", d.source},
            {"detectionTimingType", to_string(d.timing)},
            {"activity", is_sign_in ? "signin" : "user"},
            {"tokenIssuerType", "AzureAD"},
            {"ipAddress", text_or_null(d.ip_address)},
            {"location", d.place ? json::value(location_to_json(d.place)) : json::value(nullptr)},
            {"activityDateTime", to_rfc3339(d.activity_at)},
            {"detectedDateTime", to_rfc3339(d.detected_at)},
            {"lastUpdatedDateTime", to_rfc3339(d.last_updated_at)},
            {"userId", to_string(d.user)},
            {"userDisplayName", names.display_name},
            {"userPrincipalName", names.principal_name},
            {"additionalInfo", additional_info(d)},
            {"remediationMethod", method_or_null(d.remediation)},
            {"sessionId", id_or_null(d.session)},
            {"mitreTechnique", text_or_null(mitre_technique(d.type))},
            {"riskEvidence", to_json(d.evidence)}};
}

json::object to_graph(const risk::RiskyUser& user, const UserNames& names) {
    return {{"id", to_string(user.user)},
            {"isDeleted", user.is_deleted},
            {"isProcessing", user.is_processing},
            {"riskLevel", to_string(user.level)},
            {"riskState", to_string(user.state)},
            {"riskDetail", to_string(user.detail)},
            {"riskLastUpdatedDateTime", to_rfc3339(user.last_updated_at)},
            {"userDisplayName", names.display_name},
            {"userPrincipalName", names.principal_name}};
}

json::object to_graph(const risk::RiskHistoryItem& item, const UserNames& names) {
    json::array types;
    for (const auto type : item.event_types) types.emplace_back(to_string(type));
    return {{"userId", to_string(item.user)},
            {"riskLevel", to_string(item.level)},
            {"riskState", to_string(item.state)},
            {"riskDetail", to_string(item.detail)},
            {"riskLastUpdatedDateTime", to_rfc3339(item.at)},
            {"userDisplayName", names.display_name},
            {"userPrincipalName", names.principal_name},
            {"initiatedBy", text_or_null(item.initiated_by)},
            {"activity", json::object{{"detail", to_string(item.detail)}, {"riskEventTypes", std::move(types)}}},
            {"remediationMethod", method_or_null(item.remediation)},
            {"note", text_or_null(item.note)}};
}

std::string graph_detection_id(const DetectionId& id) {
    std::string digits = to_string(id);
    std::erase(digits, '-');
    return digits + digits;
}

std::optional<DetectionId> parse_detection_id(std::string_view text) {
    if (text.size() != 64) return parse_id<DetectionId>(text);
    const auto half = text.substr(0, 32);
    if (text.substr(32) != half) return std::nullopt;

    std::string uuid(half);
    for (const std::size_t at : {8, 13, 18, 23}) uuid.insert(at, 1, '-');
    return parse_id<DetectionId>(uuid);
}

std::string encode_detection(const RiskDetection& d) {
    json::object o{{"id", to_string(d.id)},
                   {"user", to_string(d.user)},
                   {"signIn", id_or_null(d.sign_in)},
                   {"session", id_or_null(d.session)},
                   {"correlation", to_string(d.correlation)},
                   {"type", to_string(d.type)},
                   {"level", to_string(d.level)},
                   {"state", to_string(d.state)},
                   {"detail", to_string(d.detail)},
                   {"remediation", method_or_null(d.remediation)},
                   {"timing", to_string(d.timing)},
                   {"source", d.source},
                   {"activityAt", ms_of(d.activity_at)},
                   {"detectedAt", ms_of(d.detected_at)},
                   {"lastUpdatedAt", ms_of(d.last_updated_at)},
                   {"ipAddress", d.ip_address},
                   {"userAgent", d.user_agent},
                   {"bits", d.bits},
                   {"evidence", to_json(d.evidence)}};
    if (d.place) o["place"] = place_to_json(*d.place);
    return json::to_text(o);
}

Result<RiskDetection> decode_detection(std::string_view text) {
    const auto document = json::parse_object(text);
    if (!document) return broken("document");

    Members m(*document);
    RiskDetection d;
    d.id              = m.id<DetectionId>("id");
    d.user            = m.id<UserId>("user");
    d.sign_in         = m.id_if_any<SignInId>("signIn");
    d.session         = m.id_if_any<SessionId>("session");
    d.correlation     = m.id<CorrelationId>("correlation");
    d.type            = m.term("type", parse_risk_event_type);
    d.level           = m.term("level", parse_risk_level);
    d.state           = m.term("state", parse_risk_state);
    d.detail          = m.term("detail", parse_risk_detail);
    d.remediation     = m.term_if_any("remediation", parse_remediation_method);
    d.timing          = m.term("timing", parse_detection_timing);
    d.source          = m.text("source");
    d.activity_at     = m.instant("activityAt");
    d.detected_at     = m.instant("detectedAt");
    d.last_updated_at = m.instant("lastUpdatedAt");
    d.ip_address      = m.text("ipAddress");
    d.user_agent      = m.text("userAgent");
    d.bits            = m.number("bits");
    if (const auto* place = json::object_at(*document, "place")) d.place = place_from_json(*place);
    if (m.error()) return *m.error();
    d.evidence = TRY(stored_evidence(*document));
    return d;
}

std::string encode_history_item(const risk::RiskHistoryItem& item) {
    json::array types;
    for (const auto type : item.event_types) types.emplace_back(to_string(type));
    return json::to_text(json::object{{"user", to_string(item.user)},
                                      {"level", to_string(item.level)},
                                      {"state", to_string(item.state)},
                                      {"detail", to_string(item.detail)},
                                      {"at", ms_of(item.at)},
                                      {"by", risk::to_string(item.by)},
                                      {"initiatedBy", item.initiated_by},
                                      {"eventTypes", std::move(types)},
                                      {"remediation", method_or_null(item.remediation)},
                                      {"note", item.note}});
}

Result<risk::RiskHistoryItem> decode_history_item(std::string_view text) {
    const auto document = json::parse_object(text);
    if (!document) return broken("document");

    Members m(*document);
    risk::RiskHistoryItem item;
    item.user         = m.id<UserId>("user");
    item.level        = m.term("level", parse_risk_level);
    item.state        = m.term("state", parse_risk_state);
    item.detail       = m.term("detail", parse_risk_detail);
    item.at           = m.instant("at");
    item.by           = m.term("by", risk::parse_actor_kind);
    item.initiated_by = m.text("initiatedBy");
    item.remediation  = m.term_if_any("remediation", parse_remediation_method);
    item.note         = m.text("note");
    const auto* types = json::array_at(*document, "eventTypes");
    if (!types) m.fail("eventTypes");
    if (m.error()) return *m.error();
    for (const auto& value : *types) {
        const auto type = value.is_string() ? parse_risk_event_type(value.get_string()) : std::nullopt;
        if (!type) return broken("eventTypes");
        item.event_types.push_back(*type);
    }
    return item;
}

}  // namespace portcullis::wire
