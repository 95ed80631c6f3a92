#pragma once

#include "app/ports/all.h"
#include "app/ports/notice_store.h"

namespace portcullis::app {

/// Tells administrators that users have reached the tenant's level of risk (id-protection.md §5.5, credentials.md §17). Whoever is to be
/// told of stands in the store since the act that raised the risk, and leaves it in the act that queues the mails: none is lost, whenever
/// an act commits or fails, and none is told of twice, however many nodes run this.
class TellUsersAtRisk {
public:
    TellUsersAtRisk(Ports& ports, const NoticeStore& store) : ports_(ports), store_(store) {}

    /// For how many users in all, at most 100 a tenant; one mail in 5 seconds. Where nobody is to be told, they wait. Errors: unavailable.
    Result<int> operator()(Instant now);

private:
    Result<int> tell(const TenantSnapshot& tenant, Instant now);

    Ports& ports_;
    const NoticeStore& store_;
};

}  // namespace portcullis::app
