#include "http/server/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

#include "base/ascii.h"

namespace portcullis::http {
namespace {

/// Set by the server on every answer, or never to be set (hop by hop, RFC 9110 §7.6.1).
constexpr auto kOwnHeaders =
    std::to_array<std::string_view>({"date", "server", "content-length", "connection", "keep-alive",
                                     "transfer-encoding", "x-request-id", "request-id", "client-request-id"});

bool is_own(std::string_view name) {
    return std::ranges::any_of(kOwnHeaders, [&](std::string_view own) { return same_name(own, name); });
}

bool is_name(std::string_view text) {
    const auto is_plain = [](char c) { return ascii::is_digit(c) || ascii::is_letter(c) || c == '-' || c == '_'; };
    return !text.empty() && std::ranges::all_of(text, is_plain);
}

bool is_value(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f'; });
}

bool has_length(const Response& response) { return response.status != 204 && response.status != 304; }

}  // namespace

Result<void> append_head(const Response& response, const AnswerContext& context, std::string& out) {
    if (response.status < 200 || response.status > 599) {
        return Error{ErrorCode::invalidRequest, "an answer has a status out of 200 to 599"};
    }
    auto end         = std::back_inserter(out);
    const auto id    = to_string(context.id);
    const auto after = context.after == AfterAnswer::close ? "close" : "keep-alive";
    fmt::format_to(end, "HTTP/1.1 {} {}\r\nServer: portcullis\r\nDate: {}\r\nConnection: {}\r\n", response.status,
                   reason_phrase(response.status), context.date, after);
    fmt::format_to(end, "x-request-id: {}\r\nrequest-id: {}\r\n", id, id);
    if (context.correlation) fmt::format_to(end, "client-request-id: {}\r\n", to_string(*context.correlation));
    if (has_length(response)) fmt::format_to(end, "Content-Length: {}\r\n", response.body.size());
    for (const auto& [name, value] : response.headers) {
        if (!is_name(name) || !is_value(value)) {
            return Error{ErrorCode::invalidRequest, "an answer has a header that could split it"};
        }
        if (is_own(name)) continue;
        out.append(name).append(": ").append(value).append("\r\n");
    }
    out += "\r\n";
    return {};
}

bool sends_body(const Response& response, Method method) { return method != Method::HEAD && has_length(response); }

Response own_answer(int status, const RequestId& id) {
    auto response =
        Response::text(fmt::format("{} {}\nrequest-id: {}\n", status, reason_phrase(status), to_string(id)), status);
    response.add("Cache-Control", "no-store").add("X-Content-Type-Options", "nosniff");
    if (status == 405) response.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    if (status == 503) response.add("Retry-After", "1");
    return response;
}

std::string http_date(std::int64_t unix_seconds) {
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = unix_seconds;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(utc.tm_wday)],
                       utc.tm_mday, kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                       utc.tm_min, utc.tm_sec);
}

}  // namespace portcullis::http
