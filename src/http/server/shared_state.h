#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "http/server/connection_caps.h"
#include "http/server/proxies.h"
#include "http/server/server.h"
#include "http/server/target.h"
#include "http/server/tls.h"
#include "http/server/worker_pool.h"

namespace portcullis::http {

/// What is counted; the gauges are read where they live.
struct Tallies {
    std::atomic<std::uint64_t> connections_accepted{0}, connections_refused{0}, handshakes_failed{0}, timeouts{0};
    std::atomic<std::uint64_t> requests_malformed{0}, requests_rejected{0};
    std::array<std::atomic<std::uint64_t>, 6> answers{};
};

inline void count(std::atomic<std::uint64_t>& tally) { tally.fetch_add(1, std::memory_order_relaxed); }

/// What the event loops of one server share. Outlives them. Thread-safe throughout.
struct SharedState {
    SharedState(ServerOptions given, Handler answering, Authorities served, TrustedProxies proxies)
        : options(std::move(given)),
          handler(std::move(answering)),
          authorities(std::move(served)),
          trusted(std::move(proxies)),
          caps(options.limits.connections_max, options.limits.connections_per_address_max),
          pool(options.worker_threads, options.worker_queue_max) {}

    [[nodiscard]] TlsContext tls() const {
        const std::lock_guard lock(tls_mutex);
        return tls_context;
    }
    void use_tls(TlsContext context) {
        const std::lock_guard lock(tls_mutex);
        tls_context = std::move(context);
    }
    void report(const ServerEvent& event) const {
        if (options.on_event) options.on_event(event);
    }

    const ServerOptions options;
    const Handler handler;
    const Authorities authorities;
    const TrustedProxies trusted;
    ConnectionCaps caps;
    Tallies tallies;
    std::atomic<bool> is_draining{false};
    WorkerPool pool;

private:
    mutable std::mutex tls_mutex;
    TlsContext tls_context;
};

}  // namespace portcullis::http
