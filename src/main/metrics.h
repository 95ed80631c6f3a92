#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sodium/argon_pool.h"
#include "app/ports/network_intelligence.h"
#include "app/ports/outbox.h"
#include "app/ports/passkey_models.h"
#include "base/time.h"
#include "http/server/server.h"

namespace portcullis::program {

/// What became of messages since the start, and what lies in the store.
struct MessageCounts {
    std::int64_t sent = 0, put_off = 0, given_up = 0;
    std::optional<app::OutboxCounts> stored;  // nothing: the store does not answer
    std::vector<std::string> closed_ways = {};  // channels by which nothing has gone out for long
};

/// What is measured, read at one moment.
struct Measured {
    http::ServerCounters server;
    sodium::ArgonPool::Counters hashing;
    std::vector<app::DataSetStatus> data_sets;
    MessageCounts messages;
    Instant now;
    std::uint64_t approval_pauses = 0;  // because nobody approved, since the start
    std::optional<app::HeldMetadata> metadata = {};  // of the FIDO service; nothing: none was imported, or the store does not answer
};

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Measured& measured);

}  // namespace portcullis::program
