#include <array>

#include <fmt/format.h>

#include "core/risk/transitions.h"

namespace portcullis::risk {
namespace {

constexpr std::array kStates{RiskState::none,       RiskState::atRisk,    RiskState::confirmedCompromised,
                             RiskState::remediated, RiskState::dismissed, RiskState::confirmedSafe};
constexpr std::array kActors{ActorKind::user,      ActorKind::admin,     ActorKind::application,
                             ActorKind::directory, ActorKind::connector, ActorKind::system};

template <class Enum, std::size_t N>
std::string listed(const EnumSet<Enum>& set, const std::array<Enum, N>& all) {
    std::string text;
    for (const auto value : all) {
        if (!set.contains(value)) continue;
        if (!text.empty()) text += ", ";
        text += to_string(value);
    }
    return text.empty() ? "–" : text;
}

std::string_view touches(const Transition& row) {
    switch (row.reach) {
        case Reach::detection: return "that detection";
        case Reach::signIn:    return "that sign-in's detections";
        case Reach::user:      return "all of the user's";
    }
    return "";
}

std::string_view spared(const Transition& row) {
    switch (row.spares) {
        case Spares::nothing:        return "–";
        case Spares::notClosedByMfa: return "types that MFA never closes";
        case Spares::notLow:         return "medium and high; low younger than 180 days";
    }
    return "";
}

std::string needed(const Transition& row) {
    struct Words {
        Need need;
        std::string_view text;
    };
    static constexpr auto kWords = std::to_array<Words>({
        {Need::freshMfa, "MFA given in that sign-in"},
        {Need::optIn, "the tenant's opt-in"},
        {Need::familiarSuccess, "a risk-free sign-in from a familiar place or device"},
        {Need::secondSignIn, "the second sign-in after revocation"},
        {Need::newEvidence, "evidence other than an MFA claim"},
        {Need::trustedConnector, "a trusted connector"},
    });
    for (const auto& [need, text] : kWords) {
        if (row.needs.contains(need)) return std::string(text);
    }
    return "–";
}

std::string change_of(const Transition& row) {
    switch (row.effect) {
        case Effect::raises:   return fmt::format("new → {}", to_string(row.to));
        case Effect::moves:    return fmt::format("{} → {}", listed(row.from, kStates), to_string(row.to));
        case Effect::projects: return fmt::format("user: {} → {}", listed(row.from, kStates), to_string(row.to));
        case Effect::nothing:  return "no change";
    }
    return "";
}

std::string line_of(const Transition& row) {
    const bool moves = row.effect == Effect::moves;
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", row.id, row.when, listed(row.by, kActors),
                       row.effect == Effect::nothing ? "–" : touches(row), change_of(row),
                       row.reason == RiskDetail::none ? "–" : to_string(row.reason), moves ? spared(row) : "–", needed(row),
                       row.remediation ? to_string(*row.remediation) : "–",
                       row.availability == Availability::now ? "yes" : "later");
}

}  // namespace

std::string render_transitions() {
    std::string text =
        "# Risk states\n\n"
        "Rendered from the one table in `src/core/risk/transitions.cpp`; a test compares the two. Nothing changes the state of\n"
        "a risk detection except a row of it, and the store refuses every other pair. Sign-in risk and user risk are derived\n"
        "from detections, so there is nothing else to keep in step.\n\n"
        "- A detection is *active* while `atRisk` or `confirmedCompromised`; only active detections count.\n"
        "- User risk is the highest active detection; a confirmed compromised one counts as high.\n"
        "- The real-time level of a sign-in (`riskLevelDuringSignIn`) is pinned: no row changes it. The aggregate level follows\n"
        "  the active detections.\n"
        "- A detection whose activity is later than an event is not closed by it.\n"
        "- Repeating an act moves nothing. An actor that is not listed is refused; so is everything on a deleted user.\n"
        "- *Here*: `later` rows are complete, but nothing triggers them yet.\n\n"
        "| Event | When | By | Touches | Change | Detail | Spares | Needs | Method | Here |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
    for (const auto& row : transitions()) text += line_of(row);

    text += "\n## Leaving `confirmedCompromised`\n\nBy";
    std::string_view separator = " ";
    for (const auto& row : transitions()) {
        if (row.effect != Effect::moves || !row.from.contains(RiskState::confirmedCompromised)) continue;
        text += fmt::format("{}{}", separator, row.id);
        separator = ", ";
    }
    text += " only; E15 only when the user was not confirmed compromised as well.\n\n## Types that MFA never closes\n\n";
    for (const auto& entry : risk_event_types()) {
        if (entry.mfa_closes == MfaCloses::never) text += fmt::format("- `{}` ({})\n", entry.name, entry.display_name);
    }
    return text;
}

}  // namespace portcullis::risk
