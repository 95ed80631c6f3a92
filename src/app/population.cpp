#include "app/population.h"

namespace portcullis::app {
namespace {

/// More than this waits for nobody: counting is statistics, and memory is bounded.
constexpr std::size_t kWaitingMax = 10'000;

}  // namespace

Result<std::shared_ptr<const signals::PopulationShares>> Population::shares(TenantId tenant) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = counted_.find(tenant);
        if (found != counted_.end() && found->second.shares) return found->second.shares;
    }
    auto stored = TRY(profiles_.population(tenant));
    auto shares = std::make_shared<const signals::PopulationShares>(std::move(stored.shares));
    const std::lock_guard lock(mutex_);
    auto& counted = counted_[tenant];
    if (!counted.shares) counted.shares = std::move(shares);
    return counted.shares;
}

void Population::observe(TenantId tenant, const signals::Features& features, float user_sign_ins) {
    const std::lock_guard lock(mutex_);
    auto& waiting = counted_[tenant].waiting;
    if (waiting.size() < kWaitingMax) waiting.push_back({features, user_sign_ins});
}

Result<void> Population::publish(Instant now) {
    std::map<TenantId, std::vector<Waiting>> due;
    {
        const std::lock_guard lock(mutex_);
        for (auto& [tenant, counted] : counted_) {
            if (!counted.waiting.empty()) due.emplace(tenant, std::exchange(counted.waiting, {}));
        }
    }
    for (const auto& [tenant, waiting] : due) TRY(publish_one(tenant, waiting, now));
    return {};
}

Result<void> Population::publish_one(TenantId tenant, std::span<const Waiting> waiting, Instant now) {
    auto stored = TRY(profiles_.population(tenant));
    for (const auto& one : waiting) stored.shares.observe(one.features, one.user_sign_ins);
    TRY(journal_.commit({.tenant      = tenant,
                         .id          = random_.new_id<ActId>(now),
                         .name        = "ObservePopulation",
                         .by          = {.kind = risk::ActorKind::system, .id = {}, .name = "population"},
                         .at          = now,
                         .correlation = random_.new_id<CorrelationId>(now),
                         .changes     = {PopulationObserved{stored.shares, stored.version}}}));
    const std::lock_guard lock(mutex_);
    counted_[tenant].shares = std::make_shared<const signals::PopulationShares>(std::move(stored.shares));
    return {};
}

}  // namespace portcullis::app
