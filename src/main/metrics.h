#pragma once

#include <string>
#include <vector>

#include "adapters/sodium/argon_pool.h"
#include "app/ports/network_intelligence.h"
#include "base/time.h"
#include "http/server/server.h"

namespace portcullis::program {

/// What is measured, read at one moment.
struct Measured {
    http::ServerCounters server;
    sodium::ArgonPool::Counters hashing;
    std::vector<app::DataSetStatus> data_sets;
    Instant now;
};

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Measured& measured);

}  // namespace portcullis::program
