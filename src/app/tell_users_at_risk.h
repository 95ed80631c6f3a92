#pragma once

#include "app/ports/all.h"

namespace portcullis::app {

/// Tells administrators that users have reached high risk (id-protection.md §5.5, credentials.md §17): one
/// mail for all of one run, none for what an earlier one told. Loses at worst what was seen since its last run, with the flow store.
class TellUsersAtRisk {
public:
    explicit TellUsersAtRisk(Ports& ports) : ports_(ports) {}

    /// For how many users in all, at most 100 a tenant. Of two nodes one tells. Errors: unavailable.
    Result<int> operator()(Instant now);

private:
    Result<int> tell(const TenantSnapshot& tenant, Instant now);

    Ports& ports_;
};

}  // namespace portcullis::app
