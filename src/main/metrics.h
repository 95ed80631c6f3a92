#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sodium/argon_pool.h"
#include "app/ports/network_intelligence.h"
#include "app/ports/outbox.h"
#include "base/time.h"
#include "http/server/server.h"

namespace portcullis::program {

/// What became of messages since the start, and what lies in the store.
struct MessageCounts {
    std::int64_t sent = 0, put_off = 0, given_up = 0;
    std::optional<app::OutboxCounts> stored;  // nothing: the store does not answer
};

/// What is measured, read at one moment.
struct Measured {
    http::ServerCounters server;
    sodium::ArgonPool::Counters hashing;
    std::vector<app::DataSetStatus> data_sets;
    MessageCounts messages;
    Instant now;
};

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Measured& measured);

}  // namespace portcullis::program
