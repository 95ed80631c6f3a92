#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/live_session.h"

namespace portcullis::app {

inline constexpr int kAlertsPerPage = 30;

/// A line of a person's page of alerts: what they were told, or that their account was secured (UX-81, UX-84).
struct OwnAlert {
    Instant at;
    std::string title, text;    // in the reader's language; both empty: the account was secured
    std::string city, country;  // country: ISO 3166-1 alpha-2; empty: not known
    std::string ip_address, client;
};
struct OwnAlerts {
    std::vector<OwnAlert> page;  // newest first
    std::optional<AlertId> next;
};

/// Errors of both: unavailable.
Result<OwnAlerts> own_alerts(Ports& ports, const TenantSnapshot& tenant, const LiveSession& live, std::optional<AlertId> before, std::string_view language);
/// When the account was last secured, if it is safe now and that was at most 90 days ago (UX-84).
Result<std::optional<Instant>> secured_at(Ports& ports, TenantId tenant, UserId user, Instant now);

}  // namespace portcullis::app
