#include "adapters/smtp/smtp_messenger.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>
#include <string_view>

#include "adapters/smtp/mail_format.h"

namespace portcullis::smtp {
namespace {

/// A connection that was idle for longer is not trusted to be alive. Seconds.
constexpr long kIdleMax = 30;

/// How far the dialogue came; the last command that was sent.
enum class Stage { opening, sender, recipient, content };

std::string_view name(Stage stage) {
    switch (stage) {
        case Stage::opening: return "greeting";
        case Stage::sender: return "MAIL";
        case Stage::recipient: return "RCPT";
        case Stage::content: return "DATA";
    }
    return "";
}

/// libcurl tells every command it sends; credentials pass here too and are not looked at.
int watch(CURL*, curl_infotype type, char* bytes, std::size_t size, void* to) {
    if (type != CURLINFO_HEADER_OUT) return 0;
    auto& stage = *static_cast<Stage*>(to);
    const std::string_view line(bytes, size);
    if (line.starts_with("MAIL ")) stage = Stage::sender;
    if (line.starts_with("RCPT ")) stage = Stage::recipient;
    if (line.starts_with("DATA")) stage = Stage::content;
    return 0;
}

/// Replies that speak of the connection, whenever they come: RFC 5321 §3.8 (421), RFC 4954 §6 (authentication), RFC 3207 §4.
bool is_about_connection(long reply) {
    return reply == 421 || reply == 454 || reply == 530 || reply == 534 || reply == 535 || reply == 538;
}

/// What the outcome means for this message and for those after it. A reply counts only where libcurl says that it stopped for
/// one; after a lost connection the last reply is an old one.
Result<void> verdict(CURLcode code, Stage stage, long reply) {
    if (code == CURLE_OK) return {};
    const bool is_answer = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_LOGIN_DENIED;
    if (!is_answer || reply < 400) return Error{ErrorCode::unavailable, fmt::format("{}: {}", name(stage), curl_easy_strerror(code))};

    auto because              = fmt::format("{}: reply {}", name(stage), reply);
    const bool is_of_message  = (stage == Stage::recipient || stage == Stage::content) && !is_about_connection(reply);
    if (!is_of_message) return Error{ErrorCode::unavailable, std::move(because)};
    return Error{reply >= 500 ? ErrorCode::invalidRequest : ErrorCode::tooManyRequests, std::move(because)};
}

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;
struct FreeMime {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Mime = std::unique_ptr<curl_mime, FreeMime>;

void append(List& list, const std::string& line) {
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) return;
    (void)list.release();
    list.reset(longer);
}

List headers_of(const Settings& settings, const app::Letter& letter) {
    const auto& message = letter.message;
    List headers;
    append(headers, "Date: " + mail_date(letter.queued_at));
    append(headers, address_header("From", settings.from_name, settings.from));
    append(headers, address_header("To", {}, message.to));
    append(headers, text_header("Subject", message.subject));
    append(headers, fmt::format("Message-ID: <{}@{}>", to_string(message.id), settings.own_host));
    append(headers, "Auto-Submitted: auto-generated");  // RFC 3834: nobody's absence answers it
    append(headers, "X-Auto-Response-Suppress: All");
    append(headers, "MIME-Version: 1.0");
    append(headers, "Content-Type: multipart/alternative");  // libcurl adds the boundary
    return headers;
}

void add_part(curl_mime* mime, std::string_view text, const char* type) {
    auto* part      = curl_mime_addpart(mime);
    const auto body = with_crlf(text);
    curl_mime_data(part, body.data(), body.size());
    curl_mime_type(part, type);
    curl_mime_encoder(part, "quoted-printable");
}

Mime body_of(CURL* curl, const app::Message& message) {
    Mime mime(curl_mime_init(curl));
    add_part(mime.get(), message.text, "text/plain; charset=utf-8");
    if (!message.html.empty()) add_part(mime.get(), message.html, "text/html; charset=utf-8");
    return mime;
}

}  // namespace

struct SmtpMessenger::Connection {
    Connection() {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        curl = curl_easy_init();
    }
    ~Connection() {
        curl_easy_cleanup(curl);
        curl_global_cleanup();
    }
    Connection(const Connection&)            = delete;
    Connection& operator=(const Connection&) = delete;

    void set_up(const Settings& settings);
    Result<void> send(const Settings& settings, const app::Letter& letter, bool is_fresh);

    std::mutex mutex;
    CURL* curl           = nullptr;
    Stage stage          = Stage::opening;
    bool was_reused      = false;
};

void SmtpMessenger::Connection::set_up(const Settings& settings) {
    const bool is_tls = settings.security == Security::tls;
    const bool is_v6  = settings.host.find(':') != std::string::npos;
    const auto host   = is_v6 ? "[" + settings.host + "]" : settings.host;
    curl_easy_reset(curl);  // keeps connections
    curl_easy_setopt(curl, CURLOPT_URL, fmt::format("{}://{}:{}/{}", is_tls ? "smtps" : "smtp", host, settings.port, settings.own_host).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // no proxy from the environment
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(settings.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
    if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    if (!settings.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, std::string(settings.password.reveal()).c_str());
    }
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, kIdleMax);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // to watch(), nowhere else
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &stage);
}

Result<void> SmtpMessenger::Connection::send(const Settings& settings, const app::Letter& letter, bool is_fresh) {
    stage = Stage::opening;
    set_up(settings);
    const auto headers = headers_of(settings, letter);
    const auto mime    = body_of(curl, letter.message);
    List recipients;
    append(recipients, "<" + letter.message.to + ">");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + settings.from + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime.get());
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, is_fresh ? 1L : 0L);

    const auto code = curl_easy_perform(curl);
    long reply = 0, opened = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &opened);
    was_reused = opened == 0;
    curl_easy_reset(curl);  // nothing of the letter or the password stays
    return verdict(code, stage, reply);
}

SmtpMessenger::SmtpMessenger(Settings settings) : settings_(std::move(settings)), connection_(std::make_unique<Connection>()) {}
SmtpMessenger::~SmtpMessenger() = default;

Result<void> SmtpMessenger::send(const app::Letter& letter) {
    if (!is_mail_address(letter.message.to)) return Error{ErrorCode::invalidRequest, "the recipient is not a mail address"};
    const std::lock_guard lock(connection_->mutex);
    if (!connection_->curl) return Error{ErrorCode::unavailable, "libcurl does not start"};
    auto sent = connection_->send(settings_, letter, false);
    // A kept connection that the server had closed already: nothing of this message was taken, so it is asked again at once.
    const bool was_closed = !sent && sent.error().code == ErrorCode::unavailable && connection_->was_reused && connection_->stage != Stage::content;
    return was_closed ? connection_->send(settings_, letter, true) : std::move(sent);
}

}  // namespace portcullis::smtp
