#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

namespace portcullis::http {

/// How bytes reach a listener. There is no plain HTTP from anywhere but this machine or a configured proxy (PROTO-800).
enum class Transport {
    tls,
    plainLoopback,     ///< the address must be 127.0.0.0/8 or ::1
    plainBehindProxy,  ///< connections of any but `trusted_proxies` are closed unread
};

/// An IP address to listen on (`0.0.0.0` is every IPv4 address, `::` every IPv6 one). Port 0 picks a free port.
struct Listener {
    std::string address = "127.0.0.1";
    std::uint16_t port  = 0;
    Transport transport = Transport::plainLoopback;
};

/// PEM files, read at start and by `reload_tls`.
struct TlsFiles {
    std::string certificate_chain;
    std::string private_key;
};

/// Sizes (PROTO-807) and counts. Beyond one: 414, 431 or 413; connections beyond theirs are closed unread.
struct ServerLimits {
    std::size_t request_line_bytes_max = 8 * 1024;
    std::size_t header_bytes_max       = 32 * 1024;
    std::size_t fields_max             = 100;
    std::size_t body_bytes_max         = 64 * 1024;
    std::size_t connections_max        = 10'000;
    /// Per IPv4 address or IPv6 /64. Configured proxies are not counted: they carry everybody.
    std::size_t connections_per_address_max = 256;
};

/// Each bounds a whole phase, not one read, so dripping bytes gains nothing (PROTO-807).
struct ServerTimeouts {
    std::chrono::milliseconds tls_handshake{10'000};
    std::chrono::milliseconds header{10'000};
    std::chrono::milliseconds body{30'000};
    std::chrono::milliseconds write{30'000};
    std::chrono::milliseconds keep_alive{60'000};
    /// How long a closing connection is read so that the last answer is not lost to a reset.
    std::chrono::milliseconds linger{2'000};
};

/// Something an operator may want to know. Carries no address, name, URL or header.
struct ServerEvent {
    enum class Level { info, warning, error };
    Level level = Level::info;
    std::string what;
    std::optional<RequestId> request;
};

struct ServerOptions {
    std::vector<Listener> listeners;
    /// Needed when a listener is `Transport::tls`. TLS 1.2 and 1.3, AEAD suites with forward secrecy only (PROTO-800).
    std::optional<TlsFiles> tls;

    /// `host[:port]` as browsers send it, without a default port; `host:*` for any port. A request for anything else
    /// gets 421 (PROTO-002); an empty list refuses all that `admits_other_authority` does not admit.
    std::vector<std::string> authorities;
    /// Lets a request through although its authority is not listed: health probes, and nothing that shows a tenant.
    /// Runs on an I/O thread before the body is read: no waiting, no throwing.
    std::function<bool(const Request&)> admits_other_authority;
    /// Addresses or CIDR ranges whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed (PROTO-811).
    std::vector<std::string> trusted_proxies;

    std::size_t io_threads     = 2;
    std::size_t worker_threads = 16;
    /// Requests waiting for a worker; one more gets 503 with `Retry-After: 1`.
    std::size_t worker_queue_max = 512;
    ServerLimits limits;
    ServerTimeouts timeouts;
    /// The body limit of one request in place of `limits.body_bytes_max` (SCIM, imports); sees the head only.
    /// Runs on an I/O thread: no waiting, no throwing.
    std::function<std::size_t(const Request&)> body_bytes_max;
    /// Called from any thread.
    std::function<void(const ServerEvent&)> on_event;
};

/// A reading of the counters, for /metrics. All but the gauges only grow.
struct ServerCounters {
    std::uint64_t connections_open     = 0;  ///< gauge
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused  = 0;  ///< over a cap, or not a proxy where only proxies may connect
    std::uint64_t handshakes_failed    = 0;
    std::uint64_t timeouts             = 0;
    /// Answers by first digit of the status: `[2]` is 2xx.
    std::array<std::uint64_t, 6> answers{};
    std::uint64_t requests_malformed = 0;  ///< refused before routing
    std::uint64_t requests_rejected  = 0;  ///< 503, queue full
    std::uint64_t queue_depth        = 0;  ///< gauge
    std::uint64_t workers_busy       = 0;  ///< gauge
};

/// Answers a request. Runs on a worker thread, may block, is called from several threads at once. HEAD arrives as HEAD;
/// answer it as GET, the server keeps the body back. An exception becomes 500 with the request id, and one event.
using Handler = std::function<Response(const Request&)>;

/// HTTP/1.1 over TCP or TLS. Sockets live on I/O threads, one event loop each; handlers on a bounded pool of workers,
/// so that no slow client ever holds one. Every answer carries `x-request-id` (PROTO-212).
class Server {
public:
    /// Listens and serves. Errors: invalidRequest for options that cannot be (each names the option);
    /// unavailable when an address is taken or a file cannot be read.
    static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
    /// Drains for no time at all.
    ~Server();
    Server(const Server&)            = delete;
    Server& operator=(const Server&) = delete;

    /// The ports listened on, in the order of `ServerOptions::listeners`.
    [[nodiscard]] const std::vector<std::uint16_t>& ports() const;
    [[nodiscard]] ServerCounters counters() const;

    /// Reads the PEM files again; new connections use them. On error the old ones stay.
    Result<void> reload_tls();

    /// Takes no new connections from here on. What is open goes on. Not from a callback or a handler.
    void stop_accepting();

    enum class Drained { completely, cutOff };
    /// Stops accepting, lets requests in flight finish, each with `Connection: close`, and ends the server; what is not
    /// done after `patience` is cut off. A handler that is running is always waited for: threads cannot be taken away.
    Drained drain(std::chrono::milliseconds patience);

private:
    class Body;
    explicit Server(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace portcullis::http
