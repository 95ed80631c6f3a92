#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <sstream>

#include "adapters/smtp/mail_format.h"
#include "adapters/smtp/smtp_messenger.h"
#include "base/encoding.h"
#include "tests/support/child.h"
#include "tests/support/temporary_folder.h"

using namespace portcullis;
using namespace portcullis::smtp;
using namespace std::chrono_literals;

namespace {

const Instant kNow = *parse_rfc3339("2026-11-20T12:00:00Z");

std::string file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

int count(std::string_view text, std::string_view what) {
    int found = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

/// A mail server that does as it is told, and how to reach it.
class Sink {
public:
    explicit Sink(std::vector<std::string> more = {}) : child_(words(std::move(more))) {}

    [[nodiscard]] Settings settings(Security security) const {
        return {.host      = "127.0.0.1",
                .port      = child_.number(),
                .security  = security,
                .user      = {},
                .password  = {},
                .ca_file   = security == Security::none ? "" : folder_ / "ca.pem",
                .from      = "no-reply@example.com",
                .from_name = "Contoso Anmeldung für alle",
                .own_host  = "login.example.com",
                .timeout   = 5s};
    }
    [[nodiscard]] std::string mail(int number) const { return file(folder_ / (std::to_string(number) + ".eml")); }
    [[nodiscard]] std::string commands() const { return file(folder_ / "commands"); }

private:
    std::vector<std::string> words(std::vector<std::string> more) const {
        std::vector<std::string> all{"/usr/bin/python3", "tests/support/smtp_sink.py", folder_.path()};
        const auto here = std::string(__FILE__);
        all[1]          = here.substr(0, here.rfind("/src/")) + "/tests/support/smtp_sink.py";
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    tests::TemporaryFolder folder_;
    tests::Child child_;
};

app::Letter letter(std::uint64_t id = 1) {
    return {.message   = {.id      = {12, id},
                          .to      = "alice@example.com",
                          .subject = "Ihr Kennwort wurde geändert",
                          .text    = "Guten Tag,\n\nihr Kennwort wurde geändert.\n.\nEnde\n",
                          .html    = "<p>Ihr Kennwort wurde <b>geändert</b>.</p>\n"},
            .queued_at = kNow};
}

/// What `code` the messenger answers with, and its message.
std::pair<ErrorCode, std::string> refused(SmtpMessenger& messenger, const app::Letter& what = letter()) {
    const auto sent = messenger.send(what);
    REQUIRE_FALSE(sent.has_value());
    return {sent.error().code, sent.error().message};
}

}  // namespace

TEST_CASE("only plain addresses are mail addresses") {
    for (const auto* good : {"a@b", "first.last+tag@sub.example.com", "o'neil@example.com"}) CHECK(is_mail_address(good));
    for (const auto* bad : {"", "a", "@b", "a@", "a b@c", "a@b c", "a@b>", "<a@b>", "a@b\r\nRCPT TO:<c@d>", "a@b\nBcc: c@d", ".a@b", "a.@b", "a..c@d",
                            "a@.b", "a@b.", "a@-b", "\"a\"@b", "a,c@b", "j\xC3\xB6rg@example.com", "a@b\t"}) {
        INFO(bad);
        CHECK_FALSE(is_mail_address(bad));
    }
    CHECK_FALSE(is_mail_address(std::string("a@b\0c", 5)));
    CHECK_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
    CHECK_FALSE(is_mail_address("a@" + std::string(260, 'b')));
}

TEST_CASE("no word of a person ends a header line") {
    for (const auto* text : {"x\r\nBcc: thief@example.com", "x\nBcc: thief@example.com", "x\rBcc: thief@example.com", "x\r\n\r\n<p>body", "x\v\f\x1b"}) {
        for (const auto& header : {text_header("Subject", text), address_header("From", text, "a@b")}) {
            INFO(header);
            // Every line end is followed by the space that folds it.
            for (auto at = header.find_first_of("\r\n"); at != std::string::npos; at = header.find_first_of("\r\n", at + 2)) {
                CHECK(header.substr(at, 3) == "\r\n ");
            }
        }
    }
}

TEST_CASE("words beyond ASCII become encoded words of whole characters") {
    CHECK(text_header("Subject", "Your password was changed") == "Subject: Your password was changed");
    CHECK(text_header("Subject", "geändert") == "Subject: =?UTF-8?B?Z2XDpG5kZXJ0?=");
    CHECK(text_header("Subject", "=?utf-8?q?fake?=") == "Subject: =?UTF-8?B?PT91dGYtOD9xP2Zha2U/PQ==?=");
    CHECK(address_header("From", "a \"b\" \\", "a@b") == "From: \"a \\\"b\\\" \\\\\"\r\n <a@b>");
    std::string long_text;
    for (int i = 0; i < 60; ++i) long_text += "ä€😀";
    const auto header = text_header("Subject", long_text);
    std::string back;
    std::istringstream lines(header.substr(9));
    for (std::string line; std::getline(lines, line);) {
        if (line.ends_with('\r')) line.pop_back();
        CHECK(line.size() <= 76);
        const auto from = line.find("?B?") + 3;
        const auto word = parse_base64(line.substr(from, line.size() - 2 - from));
        REQUIRE(word);
        CHECK(is_utf8(*word));
        back += *word;
    }
    CHECK(back == long_text);
}

TEST_CASE("dates are those of RFC 5322, line ends CRLF") {
    CHECK(mail_date(kNow) == "Fri, 20 Nov 2026 12:00:00 +0000");
    CHECK(mail_date(*parse_rfc3339("2028-02-29T23:59:59.999Z")) == "Tue, 29 Feb 2028 23:59:59 +0000");
    CHECK(with_crlf("a\nb\r\nc\rd") == "a\r\nb\r\nc\r\nd");
}

TEST_CASE("a mail has both forms, says it is automatic, and bears an id of its own") {
    const Sink sink;
    SmtpMessenger messenger(sink.settings(Security::none));
    REQUIRE(messenger.send(letter()).has_value());
    const auto mail = sink.mail(1);
    INFO(mail);
    for (const auto* line : {"Date: Fri, 20 Nov 2026 12:00:00 +0000\r\n", "To: alice@example.com\r\n", "Auto-Submitted: auto-generated\r\n",
                             "Message-ID: <00000000-0000-000c-0000-000000000001@login.example.com>\r\n", "Subject: =?UTF-8?B?SWhyIEtlbm53b3J0",
                             "\r\n <no-reply@example.com>\r\n", "Content-Type: multipart/alternative; boundary=", "Content-Type: text/plain; charset=utf-8\r\n",
                             "Content-Type: text/html; charset=utf-8\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "ge=C3=A4ndert.\r\n.\r\nEnde"}) {
        INFO(line);
        CHECK(mail.find(line) != std::string::npos);
    }
    CHECK(count(mail, "MIME-Version: 1.0") + count(mail, "Mime-Version: 1.0") == 1);
    CHECK(mail.find("text/plain") < mail.find("text/html"));  // the best form is last (RFC 2046 §5.1.4)
    CHECK(count(mail, "\r\n\r\n") >= 3);
}

TEST_CASE("a mail that is sent again is known by its id") {
    const Sink sink({"--script", "drop,ok"});
    SmtpMessenger messenger(sink.settings(Security::none));
    CHECK(refused(messenger).first == ErrorCode::unavailable);  // taken, but nobody said so
    REQUIRE(messenger.send(letter()).has_value());
    const auto id_of = [](const std::string& mail) { return mail.substr(mail.find("Message-ID: "), 80); };
    CHECK(id_of(sink.mail(1)) == id_of(sink.mail(2)));
}

TEST_CASE("one connection carries many mails, and is made anew when the server closed it") {
    const Sink sink({"--script", "ok,ok,drop,ok"});
    SmtpMessenger messenger(sink.settings(Security::none));
    REQUIRE(messenger.send(letter(1)).has_value());
    REQUIRE(messenger.send(letter(2)).has_value());
    CHECK(count(sink.commands(), "connection ") == 1);
    CHECK(refused(messenger, letter(3)).first == ErrorCode::unavailable);
    REQUIRE(messenger.send(letter(4)).has_value());
    CHECK(count(sink.commands(), "connection ") == 2);
}

TEST_CASE("STARTTLS is demanded, its certificate is checked, and nothing goes before") {
    const Sink sink({"--tls", "starttls", "--auth", "portcullis:s3cret: word"});
    auto settings     = sink.settings(Security::starttls);
    settings.user     = "portcullis";
    settings.password = Secret(std::string("s3cret: word"));
    SECTION("with the right authority the mail goes, after STARTTLS and authentication") {
        SmtpMessenger messenger(std::move(settings));
        REQUIRE(messenger.send(letter()).has_value());
        const auto commands = sink.commands();
        CHECK(commands.find("STARTTLS") < commands.find("AUTH"));
        CHECK(commands.find("AUTH") < commands.find("MAIL FROM:<no-reply@example.com>"));
        CHECK(commands.find("EHLO login.example.com") != std::string::npos);
    }
    SECTION("an authority that nobody knows ends it") {
        settings.ca_file.clear();
        SmtpMessenger messenger(std::move(settings));
        CHECK(refused(messenger).first == ErrorCode::unavailable);
        CHECK(sink.commands().find("AUTH") == std::string::npos);
        CHECK(sink.commands().find("MAIL") == std::string::npos);
    }
}

TEST_CASE("a server that hides STARTTLS gets neither password nor mail") {
    const Sink sink({"--tls", "starttls", "--auth", "portcullis:secret", "--script", "nostarttls"});
    auto settings     = sink.settings(Security::starttls);
    settings.user     = "portcullis";
    settings.password = Secret(std::string("secret"));
    SmtpMessenger messenger(std::move(settings));
    CHECK(refused(messenger).first == ErrorCode::unavailable);
    CHECK(sink.commands().find("AUTH") == std::string::npos);
    CHECK(sink.commands().find("MAIL") == std::string::npos);
}

TEST_CASE("TLS from the first byte, and a password that is refused, which is no fault of the mail's") {
    const Sink sink({"--tls", "tls", "--auth", "portcullis:secret", "--script", "ok,noauth"});
    auto settings     = sink.settings(Security::tls);
    settings.user     = "portcullis";
    settings.password = Secret(std::string("secret"));
    {
        auto again     = sink.settings(Security::tls);
        again.user     = "portcullis";
        again.password = Secret(std::string("secret"));
        SmtpMessenger messenger(std::move(again));
        REQUIRE(messenger.send(letter()).has_value());
    }
    SmtpMessenger messenger(std::move(settings));
    const auto [code, message] = refused(messenger);
    CHECK(code == ErrorCode::unavailable);
    CHECK(message.find("secret") == std::string::npos);
}

TEST_CASE("what a reply means for the mail, and that reasons name nobody") {
    struct Row {
        const char* word;
        ErrorCode code;
        const char* message;
    };
    const auto row = GENERATE(values<Row>({
        {"451", ErrorCode::tooManyRequests, "DATA: reply 451"},
        {"554", ErrorCode::invalidRequest, "DATA: reply 554"},
        {"rcpt:450", ErrorCode::tooManyRequests, "RCPT: reply 450"},
        {"rcpt:550", ErrorCode::invalidRequest, "RCPT: reply 550"},
        {"rcpt:530", ErrorCode::unavailable, "RCPT: reply 530"},
        {"mail:550", ErrorCode::unavailable, "MAIL: reply 550"},
        {"mail:421", ErrorCode::unavailable, "MAIL: reply 421"},
    }));
    const Sink sink({"--script", std::string(row.word) + ",ok"});
    SmtpMessenger messenger(sink.settings(Security::none));
    const auto [code, message] = refused(messenger);
    INFO(row.word);
    CHECK(code == row.code);
    CHECK(message == row.message);
    CHECK(messenger.send(letter()).has_value());  // the next one goes
}

TEST_CASE("a server that says nothing costs the time limit and no more") {
    const Sink sink({"--script", "hang"});
    auto settings    = sink.settings(Security::none);
    settings.timeout = 500ms;
    SmtpMessenger messenger(std::move(settings));
    const auto began = std::chrono::steady_clock::now();
    CHECK(refused(messenger).first == ErrorCode::unavailable);
    CHECK(std::chrono::steady_clock::now() - began < 4s);
}

TEST_CASE("nobody listens: unavailable; no address: never") {
    Settings settings{.host = "127.0.0.1", .port = 1, .security = Security::none, .user = {}, .password = {}, .ca_file = {}, .from = "a@b", .from_name = {}, .own_host = "h"};
    SmtpMessenger messenger(std::move(settings));
    CHECK(refused(messenger).first == ErrorCode::unavailable);
    auto wrong       = letter();
    wrong.message.to = "a@b>\r\nRCPT TO:<c@d";
    const auto [code, message] = refused(messenger, wrong);
    CHECK(code == ErrorCode::invalidRequest);
    CHECK(message.find("c@d") == std::string::npos);
}
