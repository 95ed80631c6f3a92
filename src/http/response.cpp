#include "http/response.h"

#include <algorithm>
#include <array>
#include <utility>

namespace portcullis::http {
namespace {

// clang-format off
constexpr auto kReasons = std::to_array<std::pair<int, std::string_view>>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});
// clang-format on

Response typed(std::string body, int status, std::string type) {
    Response response{.status = status, .headers = {}, .body = std::move(body)};
    response.headers.push_back({"Content-Type", std::move(type)});
    return response;
}

}  // namespace

Response Response::html(std::string body, int status) {
    return typed(std::move(body), status, "text/html; charset=utf-8");
}

Response Response::text(std::string body, int status) {
    return typed(std::move(body), status, "text/plain; charset=utf-8");
}

Response Response::json(std::string body, int status) { return typed(std::move(body), status, "application/json"); }

Response Response::redirect(std::string location, Redirect kind) {
    Response response{.status = static_cast<int>(kind), .headers = {}, .body = {}};
    response.headers.push_back({"Location", std::move(location)});
    return response;
}

Response Response::no_content() { return {.status = 204, .headers = {}, .body = {}}; }

const std::string* Response::find(std::string_view name) const {
    for (const auto& header : headers) {
        if (same_name(header.name, name)) return &header.value;
    }
    return nullptr;
}

Response& Response::set(std::string_view name, std::string value) & {
    std::erase_if(headers, [&](const Header& header) { return same_name(header.name, name); });
    return add(name, std::move(value));
}

Response& Response::add(std::string_view name, std::string value) & {
    headers.push_back({std::string(name), std::move(value)});
    return *this;
}

Response&& Response::set(std::string_view name, std::string value) && { return std::move(set(name, std::move(value))); }
Response&& Response::add(std::string_view name, std::string value) && { return std::move(add(name, std::move(value))); }

std::string_view reason_phrase(int status) {
    const auto* found = std::ranges::find(kReasons, status, &std::pair<int, std::string_view>::first);
    return found == kReasons.end() ? "Unknown" : found->second;
}

}  // namespace portcullis::http
