#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "app/ports/journal.h"
#include "app/ports/random.h"
#include "app/ports/risk_detections.h"
#include "core/signals/population.h"

namespace portcullis::app {

/// What is usual for everybody: what was counted is held in memory and read by every sign-in; what is new waits until
/// `publish` adds it and stores the sum. A restart loses what waited, and nothing else.
class Population {
public:
    Population(const Profiles& profiles, Journal& journal, Random& random) : profiles_(profiles), journal_(journal), random_(random) {}

    /// Never null. Errors: unavailable when it was never read and cannot be.
    Result<std::shared_ptr<const signals::PopulationShares>> shares(TenantId tenant);
    /// Counts a completed sign-in, later. `user_sign_ins`: of the trained profile.
    void observe(TenantId tenant, const signals::Features& features, float user_sign_ins);
    /// Adds what waits and stores it.
    Result<void> publish(Instant now);

private:
    struct Waiting {
        signals::Features features;
        float user_sign_ins = 0;
    };
    struct Counted {
        std::shared_ptr<const signals::PopulationShares> shares;
        std::vector<Waiting> waiting;
    };
    Result<void> publish_one(TenantId tenant, std::span<const Waiting> waiting, Instant now);

    const Profiles& profiles_;
    Journal& journal_;
    Random& random_;
    std::mutex mutex_;
    std::map<TenantId, Counted> counted_;
};

}  // namespace portcullis::app
