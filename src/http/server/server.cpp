#include "http/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "base/ip.h"
#include "http/server/event_loop.h"
#include "http/server/shared_state.h"

namespace portcullis::http {
namespace {

Error impossible(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

Result<void> check(const Listener& listener, const ServerOptions& options) {
    const auto address = parse_ip(listener.address);
    if (!address) return impossible(fmt::format("`listeners`: `{}` is not an IP address", listener.address));
    switch (listener.transport) {
        case Transport::tls:
            if (!options.tls) return impossible("`tls`: a listener needs a certificate and a key");
            return {};
        case Transport::plainLoopback:
            if (!address->is_loopback()) {
                return impossible(
                    fmt::format("`listeners`: `{}` is not a loopback address and has no TLS", listener.address));
            }
            return {};
        case Transport::plainBehindProxy:
            if (options.trusted_proxies.empty())
                return impossible("`trusted_proxies`: a listener is for proxies only, and there are none");
            return {};
    }
    return impossible("`listeners`: unknown transport");
}

Result<void> check(const ServerOptions& options) {
    if (options.listeners.empty()) return impossible("`listeners`: there is none");
    for (const auto& listener : options.listeners) TRY(check(listener, options));
    if (options.io_threads == 0) return impossible("`io_threads`: at least one is needed");
    if (options.worker_threads == 0) return impossible("`worker_threads`: at least one is needed");

    const auto& limits = options.limits;
    if (std::min({limits.request_line_bytes_max, limits.header_bytes_max, limits.fields_max, limits.connections_max,
                  limits.connections_per_address_max}) == 0) {
        return impossible("`limits`: none but the body's may be 0");
    }
    const auto& timeouts = options.timeouts;
    if (std::min({timeouts.tls_handshake, timeouts.header, timeouts.body, timeouts.write, timeouts.keep_alive,
                  timeouts.linger}) <= std::chrono::milliseconds::zero()) {
        return impossible("`timeouts`: each must be above 0");
    }
    return {};
}

}  // namespace

class Server::Body {
public:
    Body(ServerOptions options, Handler handler, Authorities authorities, TrustedProxies trusted)
        : shared_(std::move(options), std::move(handler), std::move(authorities), std::move(trusted)) {}
    ~Body() { drain(std::chrono::milliseconds::zero()); }
    Body(const Body&)            = delete;
    Body& operator=(const Body&) = delete;

    Result<void> start() {
        if (shared_.options.tls) TRY(reload_tls());
        for (const auto& listener : shared_.options.listeners) TRY(check_free(listener));
        for (std::size_t i = 0; i < shared_.options.io_threads; ++i) {
            loops_.push_back(std::make_unique<EventLoop>(shared_));
            TRY(listen(*loops_.back()));
        }
        threads_.reserve(loops_.size());
        for (auto& loop : loops_) threads_.emplace_back([&running = *loop] { running.run(); });
        return {};
    }

    Result<void> reload_tls() {
        if (!shared_.options.tls) return impossible("`tls`: there are no files to read");
        shared_.use_tls(TRY(make_tls_context(*shared_.options.tls)));
        return {};
    }

    void stop_accepting() {
        const std::lock_guard lock(ending_mutex_);
        shut_doors();
    }

    Drained drain(std::chrono::milliseconds patience) {
        const std::lock_guard lock(ending_mutex_);
        if (threads_.empty()) return Drained::completely;
        shared_.is_draining = true;
        shut_doors();
        for (auto& loop : loops_) loop->close_idle();
        const bool is_complete = shared_.caps.wait_until_none(patience);
        for (auto& loop : loops_) {
            if (!is_complete) loop->cut_off();
            loop->finish();
        }
        for (auto& thread : threads_) thread.join();
        threads_.clear();
        return is_complete ? Drained::completely : Drained::cutOff;
    }

    [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }

    [[nodiscard]] ServerCounters counters() const {
        const auto& tallies = shared_.tallies;
        ServerCounters read{.connections_open     = shared_.caps.open(),
                            .connections_accepted = tallies.connections_accepted,
                            .connections_refused  = tallies.connections_refused,
                            .handshakes_failed    = tallies.handshakes_failed,
                            .timeouts             = tallies.timeouts,
                            .requests_malformed   = tallies.requests_malformed,
                            .requests_rejected    = tallies.requests_rejected,
                            .queue_depth          = shared_.pool.queue_depth(),
                            .workers_busy         = shared_.pool.busy()};
        std::ranges::copy(tallies.answers, read.answers.begin());
        return read;
    }

private:
    void shut_doors() {
        if (threads_.empty()) return;
        for (auto& loop : loops_) loop->stop_accepting();
    }

    /// The first loop settles which port 0 is; the others share it.
    Result<void> listen(EventLoop& loop) {
        const bool is_first = ports_.empty();
        for (std::size_t i = 0; i < shared_.options.listeners.size(); ++i) {
            const auto& listener = shared_.options.listeners[i];
            const auto port      = TRY(loop.listen(listener, is_first ? listener.port : ports_[i]));
            if (is_first) ports_.push_back(port);
        }
        return {};
    }

    SharedState shared_;
    std::vector<std::unique_ptr<EventLoop>> loops_;
    std::vector<std::thread> threads_;
    std::vector<std::uint16_t> ports_;
    std::mutex ending_mutex_;
};

Server::Server(std::unique_ptr<Body> body) : body_(std::move(body)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
    TRY(check(options));
    auto authorities = TRY(Authorities::of(options.authorities));
    auto trusted     = TRY(TrustedProxies::of(options.trusted_proxies));
    auto body =
        std::make_unique<Body>(std::move(options), std::move(handler), std::move(authorities), std::move(trusted));
    TRY(body->start());
    return std::unique_ptr<Server>(new Server(std::move(body)));
}

const std::vector<std::uint16_t>& Server::ports() const { return body_->ports(); }
ServerCounters Server::counters() const { return body_->counters(); }
Result<void> Server::reload_tls() { return body_->reload_tls(); }
void Server::stop_accepting() { body_->stop_accepting(); }
Server::Drained Server::drain(std::chrono::milliseconds patience) { return body_->drain(patience); }

}  // namespace portcullis::http
