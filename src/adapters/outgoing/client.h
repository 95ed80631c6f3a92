#pragma once

#include <string>
#include <vector>

#include "adapters/outgoing/target.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::outgoing {

struct ClientOptions {
    std::vector<Cidr> allowed;  // networks of our own that may be reached (PROTO-821)
    std::string ca_file;        // PEM; empty: the system's authorities
    Duration connect_timeout = std::chrono::seconds{5};
    Duration timeout         = std::chrono::seconds{10};
    std::size_t answer_bytes_max = std::size_t{1} << 20;
    Scheme least = Scheme::https;  // http: what is signed by itself may come without TLS
};

struct Answer {
    int status = 0;
    std::string body;
};

/// The one client for everything that is configured to be called (PROTO-820): https with a certificate that holds, no redirects,
/// no cookies, no proxy from the environment; http for what `least` says. The name is resolved once, every address it has is checked, and the connection
/// goes to a checked address. Safe from several threads.
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(const Client&)            = delete;
    Client& operator=(const Client&) = delete;

    /// POSTs `body`; `headers` are whole lines of ours. Errors: forbidden when an address or the port is refused; unavailable
    /// when there is no answer, or one over the limit. Messages name no host.
    Result<Answer> post(const Target& target, const std::vector<std::string>& headers, const std::string& body) const;
    /// GETs. Errors: as post.
    Result<Answer> get(const Target& target, const std::vector<std::string>& headers) const;

private:
    /// `body` null: GET.
    Result<Answer> send(const Target& target, const std::vector<std::string>& headers, const std::string* body) const;

    const ClientOptions options_;
};

}  // namespace portcullis::outgoing
