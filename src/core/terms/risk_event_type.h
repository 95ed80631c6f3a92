#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// The catalogue of risk detections. Source: id-protection.md §2.3; one line each in risk_event_types.def.
namespace portcullis {

enum class RiskEventType : std::uint8_t {
#define DETECTOR(event_type, timing, link, family, mfa_closes, display, function) event_type,
#define COMMAND(event_type, timing, link, family, mfa_closes, display, command) event_type,
#define LATER(event_type, timing, link, family, mfa_closes, display, what) event_type,
#include "core/terms/risk_event_types.def"
#undef LATER
#undef COMMAND
#undef DETECTOR
};
inline constexpr std::size_t kRiskEventTypeCount = 27;

/// When the reference evaluates a type: before the token, after the fact, or either.
enum class Timing : std::uint8_t { realtime, offline, both };

/// `riskDetectionTimingType`: when one detection was made (§1.5).
enum class DetectionTiming : std::uint8_t { notDefined, realtime, nearRealtime, offline };

/// What a detection of this type is about.
enum class Link : std::uint8_t { signIn, user, either };

/// Types that see the same thing twice: only the strongest inside a family counts (risk-science.md §3.1).
/// `compound` stands for no evidence of its own.
enum class Family : std::uint8_t { location, network, credential, session, human, compound };

/// Whether passing MFA, or an MFA claim, may close a detection of this type (§2.4). `never` also where there is no sign-in
/// that MFA could vouch for.
enum class MfaCloses : std::uint8_t { yes, never };

enum class Origin : std::uint8_t { detector, command, later };

/// One line of the catalogue.
struct RiskEventEntry {
    RiskEventType type;
    std::string_view name;  // as on the wire
    std::string_view display_name;
    Timing timing;
    Link link;
    Family family;
    MfaCloses mfa_closes;
    Origin origin;
    std::string_view raised_by;
};

/// In the order of the enumerators.
std::span<const RiskEventEntry> risk_event_types();
const RiskEventEntry& entry_of(RiskEventType type);

inline Family family_of(RiskEventType type) { return entry_of(type).family; }
inline MfaCloses mfa_closes(RiskEventType type) { return entry_of(type).mfa_closes; }
inline std::string_view display_name(RiskEventType type) { return entry_of(type).display_name; }

/// MITRE ATT&CK technique (§2.8), or empty where none is mapped.
std::string_view mitre_technique(RiskEventType type);

std::string_view to_string(RiskEventType type);
std::string_view to_string(Timing timing);
std::string_view to_string(DetectionTiming timing);
std::string_view to_string(Family family);

/// In any case, because spellings vary between documents (§2.3); the alias `impossibleTravel` too.
std::optional<RiskEventType> parse_risk_event_type(std::string_view text);
std::optional<DetectionTiming> parse_detection_timing(std::string_view text);

}  // namespace portcullis
