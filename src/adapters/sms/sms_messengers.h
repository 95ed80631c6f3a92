#pragma once

#include <string>

#include "adapters/outgoing/client.h"
#include "app/ports/clock.h"
#include "app/ports/outbox.h"
#include "base/secret.h"

namespace portcullis::sms {

/// `t=<unix seconds>,v1=<hex of HMAC-SHA-256(secret, t + "." + body)>` (PROTO-822).
std::string signature(const Secret& secret, std::int64_t unix_seconds, std::string_view body);

struct Webhook {
    outgoing::Target target;
    Secret secret;
};

/// Hands text messages and calls to a webhook: `POST {"id", "channel", "to", "text", "expiresAt"}`, signed. The id is the same
/// when a message is handed over again.
class WebhookMessenger : public app::Messenger {
public:
    WebhookMessenger(Webhook webhook, outgoing::ClientOptions options, const app::Clock& clock)
        : webhook_(std::move(webhook)), client_(std::move(options)), clock_(clock) {}

    /// 2xx is sent. Errors: invalidRequest on 400, 410, 413 and 422; tooManyRequests on 409 and 429; unavailable on everything else.
    Result<void> send(const app::Letter& letter) override;

private:
    const Webhook webhook_;
    const outgoing::Client client_;
    const app::Clock& clock_;
};

/// Sends text messages as mail to `<digits of the number>@domain`, through another messenger.
class MailGatewayMessenger : public app::Messenger {
public:
    MailGatewayMessenger(app::Messenger& mail, std::string domain) : mail_(mail), domain_(std::move(domain)) {}

    /// Errors: as the mail's; invalidRequest when the recipient is no number.
    Result<void> send(const app::Letter& letter) override;

private:
    app::Messenger& mail_;
    const std::string domain_;
};

}  // namespace portcullis::sms
