#include "core/terms/risk_event_type.h"

#include <algorithm>
#include <array>

#include "core/terms/term_table.h"

namespace portcullis {
namespace {

constexpr auto kEntries = std::to_array<RiskEventEntry>({
#define ENTRY(event_type, timing, link, family, mfa_closes, display, origin, raised_by)                                \
    {RiskEventType::event_type, #event_type,           display,        Timing::timing, Link::link,                    \
     Family::family,            MfaCloses::mfa_closes, Origin::origin, raised_by},
#define DETECTOR(event_type, timing, link, family, closes, display, function) \
    ENTRY(event_type, timing, link, family, closes, display, detector, #function)
#define COMMAND(event_type, timing, link, family, closes, display, act) \
    ENTRY(event_type, timing, link, family, closes, display, command, #act)
#define LATER(event_type, timing, link, family, closes, display, what) \
    ENTRY(event_type, timing, link, family, closes, display, later, #what)
#include "core/terms/risk_event_types.def"
#undef LATER
#undef COMMAND
#undef DETECTOR
#undef ENTRY
});
static_assert(kEntries.size() == kRiskEventTypeCount);

constexpr std::array<std::string_view, 3> kTimings{"realtime", "offline", "both"};
constexpr std::array<std::string_view, 4> kDetectionTimings{"notDefined", "realtime", "nearRealtime", "offline"};
constexpr std::array<std::string_view, 6> kFamilies{"location", "network", "credential", "session", "human", "compound"};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::span<const RiskEventEntry> risk_event_types() { return kEntries; }
const RiskEventEntry& entry_of(RiskEventType type) { return kEntries[static_cast<std::size_t>(type)]; }

std::string_view mitre_technique(RiskEventType type) {
    struct Row {
        RiskEventType type;
        std::string_view technique;
    };
    using enum RiskEventType;
    static constexpr auto kTechniques = std::to_array<Row>({
        {anomalousToken, "T1539"},
        {unfamiliarFeatures, "T1078"},
        {nationStateIP, "T1078"},
        {investigationsThreatIntelligence, "T1078"},
        {anonymizedIPAddress, "T1090"},
        {passwordSpray, "T1110.003"},
        {leakedCredentials, "T1589.001"},
        {attackerinTheMiddle, "T1557"},
        {userReportedSuspiciousActivity, "T1621"},
        {tokenIssuerAnomaly, "T1606.002"},
    });
    const auto* const row = std::ranges::find(kTechniques, type, &Row::type);
    return row == kTechniques.end() ? std::string_view{} : row->technique;
}

std::string_view to_string(RiskEventType type) { return entry_of(type).name; }
std::string_view to_string(Timing timing) { return term_name(kTimings, timing); }
std::string_view to_string(DetectionTiming timing) { return term_name(kDetectionTimings, timing); }
std::string_view to_string(Family family) { return term_name(kFamilies, family); }

std::optional<RiskEventType> parse_risk_event_type(std::string_view text) {
    if (equal_in_any_case(text, "impossibleTravel")) return RiskEventType::mcasImpossibleTravel;
    const auto* const found =
        std::ranges::find_if(kEntries, [&](const auto& entry) { return equal_in_any_case(entry.name, text); });
    if (found == kEntries.end()) return std::nullopt;
    return found->type;
}

std::optional<DetectionTiming> parse_detection_timing(std::string_view text) {
    return term_named<DetectionTiming>(kDetectionTimings, text);
}

}  // namespace portcullis
