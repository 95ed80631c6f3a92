#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"
#include "http/server/server.h"
#include "main/wire.h"

namespace portcullis::http {
struct Web;
}

namespace portcullis::http {
struct Web;
}

namespace portcullis::program {

/// The listeners, TLS files, proxies and limits of a Config. Errors: invalidRequest.
Result<http::ServerOptions> server_options(const Config& config);

/// What the demo adds to the product. `serve` gives none of it.
struct ServiceExtras {
    /// Changes each request before anything else looks at it: the demo says where it comes from. Empty: as it came.
    std::function<void(http::Request&)> prepare;
    /// Asked before the product's own routes; nothing: not mine.
    std::function<std::optional<http::Response>(http::Web&, const http::Request&)> first;
    /// More authorities than the base URL's (`host:*` for any port).
    std::vector<std::string> authorities;
};

/// A running server: sockets, workers, jobs. Used by `serve` and by the demo.
class Service {
public:
    /// Listens, serves and starts the jobs. `installation` must outlive it. Errors: as http::Server::start.
    static Result<std::unique_ptr<Service>> start(Installation& installation, ServiceExtras extras = {});
    ~Service();
    Service(const Service&)            = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] http::Server& server();
    /// What handlers are given, for handlers of one's own.
    [[nodiscard]] http::Web& web();
    /// Does everything that is due by the installation's clock now, before it returns: after a demo turned its clock.
    void run_due();
    /// Serves until SIGTERM or SIGINT, then drains; SIGHUP reads the TLS files again. The signals must be blocked in every
    /// thread since before `start` (`block_signals`).
    void run_until_stopped();

private:
    struct Body;
    explicit Service(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

/// Blocks the signals that `run_until_stopped` waits for, in this thread and those it makes. Call first in the command.
void block_signals();

}  // namespace portcullis::program
