#pragma once

#include <memory>
#include <string>

#include "app/ports/outbox.h"
#include "base/secret.h"

namespace portcullis::smtp {

/// How the connection to the mail server is kept from others.
enum class Security {
    starttls,  // begins plain; without STARTTLS and a certificate that holds nothing is sent
    tls,       // TLS from the first byte (smtps)
    none,      // plain: only to this machine
};

struct Settings {
    std::string host;
    int port          = 587;
    Security security = Security::starttls;
    std::string user;  // empty: no authentication
    Secret password;
    std::string ca_file;  // PEM; empty: the system's authorities
    std::string from;     // a mail address
    std::string from_name;
    /// The domain of message ids and of the greeting.
    std::string own_host;
    Duration connect_timeout = std::chrono::seconds{10};
    Duration timeout         = std::chrono::seconds{60};  // one message, all in all; below jobs::kClaim
};

/// Sends mail through one SMTP server with libcurl, one message after the other over a connection that is kept. Each message
/// goes to one recipient and bears an id made from its own, so that a repeated one can be told. Safe from several threads.
class SmtpMessenger : public app::Messenger {
public:
    explicit SmtpMessenger(Settings settings);
    ~SmtpMessenger() override;

    /// Errors: invalidRequest when the recipient is no mail address or the server refuses this message for good (5xx to RCPT or
    /// DATA); tooManyRequests when it refuses this message for now (4xx); unavailable for everything else: no connection, no
    /// TLS, no authentication, a sender it does not like, silence, or a connection lost after the content went out.
    Result<void> send(const app::Letter& letter) override;

private:
    struct Connection;
    const Settings settings_;
    std::unique_ptr<Connection> connection_;
};

}  // namespace portcullis::smtp
