#pragma once

#include "app/ports/all.h"
#include "app/ports/notice_store.h"
#include "core/notices/troubles.h"

namespace portcullis::app {

/// Tells administrators of keys and certificates that are due, of ways out that are down and of lists that are stale (credentials.md §17).
/// What is told is marked in the same act, so that each trouble is told once in its time, whichever node sees it first.
class TellOfOperation {
public:
    TellOfOperation(Ports& ports, const NoticeStore& store) : ports_(ports), store_(store) {}

    /// How many notices were queued; one lists all that is due of its kind. Errors: unavailable.
    Result<int> operator()(const notices::Operation& operation, Instant now);

private:
    Result<int> tell(const TenantSnapshot& tenant, const notices::Operation& operation, Instant now);

    Ports& ports_;
    const NoticeStore& store_;
};

}  // namespace portcullis::app
