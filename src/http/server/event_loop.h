#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "http/server/server.h"
#include "http/server/shared_state.h"

namespace portcullis::http {

/// The sockets of one I/O thread. Several loops share a port (SO_REUSEPORT), the kernel spreads connections over them,
/// and no connection ever moves to another thread. A connection's deadline is a moment in a list that one timer sweeps,
/// so a request costs no timer operation.
class EventLoop {
public:
    /// `shared` outlives the loop.
    explicit EventLoop(SharedState& shared);
    ~EventLoop();
    EventLoop(const EventLoop&)            = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Before `run`. Port 0 picks one; answers the port. Errors: unavailable when the address cannot be had.
    Result<std::uint16_t> listen(const Listener& listener, std::uint16_t port);
    /// Serves until `finish` was called and every connection has ended.
    void run();

    // From any thread but the loop's own, while `run` runs.
    /// Closes the listeners, after taking whom the kernel has already let in. Returns when they are closed.
    void stop_accepting();
    /// Closes connections that wait for their next request.
    void close_idle();
    /// Closes every connection. One whose handler runs ends when that returns.
    void cut_off();
    /// Lets `run` return when nothing is left.
    void finish();

private:
    class Body;
    std::unique_ptr<Body> body_;
};

/// Errors: unavailable when somebody listens there already. Sharing a port with SO_REUSEPORT would hide that.
Result<void> check_free(const Listener& listener);

}  // namespace portcullis::http
