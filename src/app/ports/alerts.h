#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::app {

/// Something the owner of an account was told, as their page of alerts lists it (UX-81).
struct Alert {
    AlertId id;
    UserId user;
    std::string kind;  // the notice's key (core/notices)
    Instant at;
    std::string document;  // JSON: what its words name, and where from; see app/own_alerts.h
};

/// Newest first; `before`: the last one of the page before.
struct AlertQuery {
    UserId user;
    std::optional<AlertId> before = {};
    int most                      = 50;
};

/// What people were told. Read-only: it changes through Journal (OwnerTold). Errors: unavailable.
class Alerts {
public:
    virtual ~Alerts() = default;
    virtual Result<std::vector<Alert>> of_user(TenantId tenant, const AlertQuery& query) const = 0;
};

}  // namespace portcullis::app
