#include "app/own_alerts.h"

#include <algorithm>

#include "app/notices.h"
#include "base/json.h"

namespace portcullis::app {
namespace {

constexpr Duration kSecuredIsNews = std::chrono::days{90};
constexpr int kHistoryRead        = 100;

std::optional<OwnAlert> line_of(const TenantSnapshot& tenant, const Alert& alert, std::string_view language) {
    const auto document = json::parse_object(alert.document);
    if (!document) return std::nullopt;
    std::vector<std::pair<std::string, std::string>> kept;
    if (const auto* named = json::object_at(*document, "words")) {
        for (const auto& [name, value] : *named) {
            if (value.is_string()) kept.emplace_back(name, value.as_string());
        }
    }
    Words words;
    for (const auto& [name, value] : kept) words.emplace_back(name, value);
    auto said = alert_words(tenant, alert.kind, words, alert.at, language);
    if (!said) return std::nullopt;
    return OwnAlert{.at         = alert.at,
                    .title      = std::move(said->title),
                    .text       = std::move(said->text),
                    .city       = json::string_at(*document, "city").value_or(""),
                    .country    = json::string_at(*document, "country").value_or(""),
                    .ip_address = json::string_at(*document, "ipAddress").value_or(""),
                    .client     = json::string_at(*document, "client").value_or("")};
}

/// Secured by a password, by MFA or by ending sessions: what the history calls remediated.
bool is_securing(const risk::RiskHistoryItem& item) { return item.state == RiskState::remediated && item.remediation.has_value(); }

}  // namespace

Result<OwnAlerts> own_alerts(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, std::optional<AlertId> before, std::string_view language) {
    OwnAlerts shown;
    const auto id   = tenant.tenant.id;
    const auto user = live.account.user.id;
    auto alerts     = TRY(ports.alerts.of_user(id, {.user = user, .before = before, .most = kAlertsPerPage + 1}));
    const bool goes_on = alerts.size() > static_cast<std::size_t>(kAlertsPerPage);
    if (goes_on) alerts.pop_back();
    if (goes_on) shown.next = alerts.back().id;
    for (const auto& alert : alerts) {
        if (auto line = line_of(tenant, alert, language)) shown.page.push_back(std::move(*line));
    }
    if (before) return shown;
    const auto oldest = goes_on ? alerts.back().at : Instant{};
    for (const auto& item : TRY(ports.detections.history(id, user, kHistoryRead))) {
        if (is_securing(item) && item.at >= oldest) shown.page.push_back({.at = item.at});
    }
    std::ranges::stable_sort(shown.page, [](const OwnAlert& a, const OwnAlert& b) { return a.at > b.at; });
    return shown;
}

Result<std::optional<Instant>> secured_at(Ports& ports, TenantId tenant, UserId user, Instant now) {
    const auto stands = TRY(ports.detections.risky_user(tenant, user));
    if (!stands || stands->state != RiskState::remediated) return std::optional<Instant>{};
    if (now - stands->last_updated_at > kSecuredIsNews) return std::optional<Instant>{};
    return std::optional(stands->last_updated_at);
}

}  // namespace portcullis::app
