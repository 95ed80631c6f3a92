#pragma once

#include <vector>

#include "app/ports/all.h"
#include "app/ports/change.h"
#include "app/ports/sealed_values.h"

/// The second half of a rotation of data keys (PROTO-831): what an older key sealed is sealed anew, then the older keys leave.
namespace portcullis::jobs {

/// An older data key stays this long after the newest was made, for what lives outside the columns (flows, an hour at most) and for
/// requests that were under way. INVARIANT: after it nobody seals with an older key, because every request reads its tenant's version
/// first and a new data key moves that.
inline constexpr Duration kOldDataKeyKept = std::chrono::hours{24};

/// How far a pass over the sealed values of one tenant came.
struct Resealing {
    int resealed   = 0;
    int unreadable = 0;     // damaged, or moved here from elsewhere: their key stays, and an operator must look
    bool is_whole  = true;  // every value was looked at
};

/// Seals anew what is not under the tenant's newest data key, in acts `RotateDataKey` of at most 500 values each and about `most`
/// values in all. Stopped anywhere nothing is lost, and the next pass goes on. Errors: unavailable.
Result<Resealing> reseal_values(app::Ports& ports, const app::SealedValues& values, TenantId tenant, const app::Actor& by, Instant now, int most);

/// The versions among a tenant's keys, oldest first, that may leave when a whole pass at `now` found nothing under them.
std::vector<std::uint32_t> keys_past_use(const std::vector<app::WrappedDataKey>& keys, Instant now);

/// Drops those keys in one act `RotateDataKey`; how many. To be called after a whole pass that found nothing to seal anew and
/// nothing unreadable. Errors: unavailable; conflict when another process was faster.
Result<int> retire_data_keys(app::Ports& ports, const std::vector<app::WrappedDataKey>& keys, TenantId tenant, const app::Actor& by, Instant now);

}  // namespace portcullis::jobs
