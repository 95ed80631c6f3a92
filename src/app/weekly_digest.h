#pragma once

#include "app/ports/all.h"
#include "app/ports/notice_store.h"
#include "app/ports/time_zones.h"

namespace portcullis::app {

/// What a week brought, on Mondays at eight by the tenant's clock, to those who read risk (id-protection.md §5.5, IDP-126). A week without
/// anything says so: a mail that stays away would say the same when it is broken. One that is late is sent late, older ones are not.
class WeeklyDigest {
public:
    WeeklyDigest(Ports& ports, const NoticeStore& store, const TimeZones& zones) : ports_(ports), store_(store), zones_(zones) {}

    /// To how many tenants. The first digest of a tenant is that of the first Monday after it was made. Errors: unavailable.
    Result<int> operator()(Instant now);

private:
    Result<bool> send(const TenantSnapshot& tenant, Instant now);
    Result<bool> begin(TenantId tenant, Instant now);
    Result<std::int64_t> administrators_at_risk(TenantId tenant);

    Ports& ports_;
    const NoticeStore& store_;
    const TimeZones& zones_;
};

}  // namespace portcullis::app
