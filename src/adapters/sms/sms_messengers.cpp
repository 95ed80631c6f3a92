#include "adapters/sms/sms_messengers.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/json.h"

namespace portcullis::sms {
namespace {

bool is_number(std::string_view to) {
    const auto digits = to.substr(std::min<std::size_t>(1, to.size()));
    return to.starts_with('+') && digits.size() >= 7 && digits.size() <= 15 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> verdict(int status) {
    if (status >= 200 && status < 300) return {};
    auto because = fmt::format("webhook: status {}", status);
    switch (status) {
        case 400: case 410: case 413: case 422: return Error{ErrorCode::invalidRequest, std::move(because)};
        case 409: case 429: return Error{ErrorCode::tooManyRequests, std::move(because)};
        default: return Error{ErrorCode::unavailable, std::move(because)};
    }
}

}  // namespace

std::string signature(const Secret& secret, std::int64_t unix_seconds, std::string_view body) {
    const auto signed_text = fmt::format("{}.{}", unix_seconds, body);
    const auto key         = secret.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(),
         mac.data(), &size);
    return fmt::format("t={},v1={}", unix_seconds, hex({reinterpret_cast<const char*>(mac.data()), size}));
}

Result<void> WebhookMessenger::send(const app::Letter& letter) {
    const auto& message = letter.message;
    if (!is_number(message.to)) return Error{ErrorCode::invalidRequest, "the recipient is not a number"};
    const auto id = to_string(message.id);
    json::object document{{"id", id}, {"channel", message.channel}, {"to", message.to}, {"text", message.text}};
    if (message.expires_at) document["expiresAt"] = to_rfc3339(*message.expires_at);
    const auto body   = json::to_text(document);
    const auto at     = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    const auto answer = client_.post(webhook_.target,
                                     {"Content-Type: application/json", "X-Signature: " + signature(webhook_.secret, at, body), "Idempotency-Key: " + id}, body);
    if (!answer) return Error{ErrorCode::unavailable, "webhook: " + answer.error().message};
    return verdict(answer->status);
}

Result<void> MailGatewayMessenger::send(const app::Letter& letter) {
    if (!is_number(letter.message.to)) return Error{ErrorCode::invalidRequest, "the recipient is not a number"};
    auto as_mail            = letter;
    as_mail.message.channel = "email";
    as_mail.message.to      = letter.message.to.substr(1) + "@" + domain_;
    as_mail.message.html.clear();
    return mail_.send(as_mail);
}

}  // namespace portcullis::sms
