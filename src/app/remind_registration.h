#pragma once

#include "app/ports/all.h"

namespace portcullis::app {

/// Reminds people whose registration period runs, after 1, 7 and 12 days of 14 (credentials.md §17). Each reminder is sent once:
/// that it was is stored with it. Who has registered meanwhile, or need not, hears nothing.
class RemindRegistration {
public:
    explicit RemindRegistration(Ports& ports) : ports_(ports) {}

    /// How many were reminded, at most 1000 a tenant; the trouble of one tenant keeps nothing from the others. Errors: unavailable.
    Result<int> operator()(Instant now);

private:
    Result<int> remind(const TenantSnapshot& tenant, Instant now);
    Result<bool> remind_one(const TenantSnapshot& tenant, const Registering& one, Instant now);

    Ports& ports_;
};

}  // namespace portcullis::app
