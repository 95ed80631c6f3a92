#pragma once

#include "app/ports/all.h"
#include "app/ports/outbox.h"
#include "app/ports/retention.h"

/// What a running product does beside answering. Each is a function of the moment it is called with.
namespace portcullis::jobs {

/// What became of the messages that were due.
struct Delivery {
    int sent = 0;
    int put_off = 0;  // tried again a minute later
    int dropped = 0;  // will never work
};
/// Sends what is due, at most 500 messages. Errors: unavailable when the store is.
Result<Delivery> deliver_messages(app::Outbox& outbox, app::Messenger& messenger, Instant now);

/// Drops flows that have ended, at most 20 000; how many.
Result<std::int64_t> sweep_flows(app::FlowStore& flows, Instant now);

/// Forgets sessions and grants that can be of no use any more: 30 days after the longest life the tenant allows. At most 100 000 a
/// tenant and call; how many acts that took.
Result<int> forget_expired(app::Ports& ports, const app::Retention& retention, Instant now);

}  // namespace portcullis::jobs
