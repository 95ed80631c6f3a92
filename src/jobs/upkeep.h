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

/// How long records are kept (id-protection.md §5.10).
struct RecordLives {
    Duration sign_ins, risky_sign_ins, audit, closed_detections, risk_history;
};

/// Forgets records past their lives, 1000 of each kind in an act, at most 200 acts a tenant and call; how many acts that took.
/// A sign-in whose risk is active and an active detection stay; devices go that nobody was seen on for 180 days, but not disabled ones.
Result<int> forget_records(app::Ports& ports, const app::Retention& retention, const RecordLives& lives, Instant now);

}  // namespace portcullis::jobs
