#include <catch2/catch.hpp>

#include <fstream>

#include "adapters/sms/sms_messengers.h"
#include "base/json.h"
#include "tests/support/child.h"
#include "tests/support/temporary_folder.h"

using namespace portcullis;
using namespace portcullis::sms;
using namespace std::chrono_literals;

namespace {

struct StoppedClock : app::Clock {
    [[nodiscard]] Instant now() const override { return *parse_rfc3339("2026-11-20T12:00:00Z"); }
};

std::string sink_program() {
    const auto here = std::string(__FILE__);
    return here.substr(0, here.rfind("/src/")) + "/tests/support/webhook_sink.py";
}

/// A webhook on this machine, which the client is allowed to reach.
struct Hook {
    Result<void> send(const std::string& path, const app::Letter& letter) {
        WebhookMessenger messenger({.target = {.host = "127.0.0.1", .port = child.number(), .path = path}, .secret = Secret(std::string(32, 'k'))},
                                   {.allowed = {parse_cidr("127.0.0.0/8").value()}, .ca_file = folder / "ca.pem"}, clock);
        return messenger.send(letter);
    }
    json::object request(int number) {
        std::ifstream in(folder / (std::to_string(number) + ".json"));
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const auto request = json::parse_object(text);
        return request ? *request : json::object{};
    }

    tests::TemporaryFolder folder;
    tests::Child child{{"/usr/bin/python3", sink_program(), folder.path()}};
    StoppedClock clock;
};

app::Letter letter() {
    return {.message   = {.id = {12, 7}, .channel = "sms", .to = "+4915112345678", .subject = {}, .text = "123456 ist Ihr Code", .html = {}, .expires_at = *parse_rfc3339("2026-11-20T12:03:00Z")},
            .queued_at = {}};
}

}  // namespace

TEST_CASE("a webhook gets the message, signed, with an id that stays (PROTO-822)") {
    Hook hook;
    REQUIRE(hook.send("/200", letter()).has_value());
    const auto request = hook.request(1);
    const auto body    = json::string_at(request, "body").value_or("");
    CHECK(body == R"({"id":"00000000-0000-000c-0000-000000000007","channel":"sms","to":"+4915112345678","text":"123456 ist Ihr Code","expiresAt":"2026-11-20T12:03:00Z"})");
    const auto& headers = request.at("headers").as_object();
    CHECK(json::string_at(headers, "X-Signature") == signature(Secret(std::string(32, 'k')), 1795176000, body));
    CHECK(json::string_at(headers, "Idempotency-Key") == "00000000-0000-000c-0000-000000000007");
}

TEST_CASE("the signature is HMAC-SHA-256 of time, dot and body (PROTO-822)") {
    // RFC 4231 test case 2 has the key `Jefe`; this text is ours, the value from the program openssl.
    CHECK(signature(Secret(std::string("Jefe")), 1, "what") == "t=1,v1=ffb2e09f49104eda0b5217b7710b58a8118357b1db6d6fa15eef9415f7e4d28e");
}

TEST_CASE("what the webhook's answer means") {
    Hook hook;
    struct Row {
        const char* path;
        ErrorCode code;
        const char* message;
    };
    for (const auto& row : std::vector<Row>{{"/422", ErrorCode::invalidRequest, "webhook: status 422"},
                                            {"/429", ErrorCode::tooManyRequests, "webhook: status 429"},
                                            {"/401", ErrorCode::unavailable, "webhook: status 401"},
                                            {"/503", ErrorCode::unavailable, "webhook: status 503"},
                                            {"/302", ErrorCode::unavailable, "webhook: status 302"}}) {
        const auto sent = hook.send(row.path, letter());
        REQUIRE_FALSE(sent.has_value());
        CHECK(sent.error().code == row.code);
        CHECK(sent.error().message == row.message);
    }
    CHECK(hook.request(6).empty());  // nobody followed the redirect
    CHECK(hook.send("/big", letter()).error().code == ErrorCode::unavailable);
}

TEST_CASE("a webhook inside is not reached unless it was allowed (PROTO-821)") {
    Hook hook;
    WebhookMessenger messenger({.target = {.host = "127.0.0.1", .port = hook.child.number(), .path = "/200"}, .secret = Secret(std::string(32, 'k'))},
                               {.allowed = {}, .ca_file = hook.folder / "ca.pem"}, hook.clock);
    const auto sent = messenger.send(letter());
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().message == "webhook: its address is not on the public Internet");
    CHECK(hook.request(1).empty());
}

TEST_CASE("a webhook whose certificate does not hold gets nothing (PROTO-820)") {
    Hook hook;
    WebhookMessenger messenger({.target = {.host = "127.0.0.1", .port = hook.child.number(), .path = "/200"}, .secret = Secret(std::string(32, 'k'))},
                               {.allowed = {parse_cidr("127.0.0.0/8").value()}, .ca_file = {}}, hook.clock);
    CHECK(messenger.send(letter()).error().code == ErrorCode::unavailable);
    CHECK(hook.request(1).empty());
}

TEST_CASE("a mail gateway gets the number's digits as an address, and only numbers go there") {
    struct Mail : app::Messenger {
        std::vector<app::Letter> sent;
        Result<void> send(const app::Letter& one) override {
            sent.push_back(one);
            return {};
        }
    } mail;
    MailGatewayMessenger messenger(mail, "sms.example.com");
    REQUIRE(messenger.send(letter()).has_value());
    CHECK(mail.sent.at(0).message.to == "4915112345678@sms.example.com");
    CHECK(mail.sent.at(0).message.text == "123456 ist Ihr Code");
    auto wrong       = letter();
    wrong.message.to = "alice@example.com";
    CHECK(messenger.send(wrong).error().code == ErrorCode::invalidRequest);
    CHECK(mail.sent.size() == 1);
}
