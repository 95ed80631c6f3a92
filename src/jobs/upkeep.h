#pragma once

#include "app/ports/all.h"
#include "app/ports/retention.h"

/// What a running product does beside answering. Each is a function of the moment it is called with.
namespace portcullis::jobs {

/// Drops flows that have ended, at most 20 000; how many.
Result<std::int64_t> sweep_flows(app::FlowStore& flows, Instant now);

/// Forgets sessions and grants that can be of no use any more: 30 days after the longest life the tenant allows. At most 100 000 a
/// tenant and call; how many acts that took.
Result<int> forget_expired(app::Ports& ports, const app::Retention& retention, Instant now);

}  // namespace portcullis::jobs
