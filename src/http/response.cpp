#include "http/response.h"

#include <algorithm>
#include <utility>

namespace portcullis::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

Response typed(std::string body, int status, std::string type) {
    Response response{.status = status, .headers = {}, .body = std::move(body)};
    response.headers.push_back({"Content-Type", std::move(type)});
    return response;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

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
    switch (status) {
        case 100: return "Continue";
        case 200: return "OK";
        case 201: return "Created";
        case 202: return "Accepted";
        case 204: return "No Content";
        case 206: return "Partial Content";
        case 301: return "Moved Permanently";
        case 302: return "Found";
        case 303: return "See Other";
        case 304: return "Not Modified";
        case 307: return "Temporary Redirect";
        case 308: return "Permanent Redirect";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 406: return "Not Acceptable";
        case 408: return "Request Timeout";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 411: return "Length Required";
        case 412: return "Precondition Failed";
        case 413: return "Content Too Large";
        case 414: return "URI Too Long";
        case 415: return "Unsupported Media Type";
        case 417: return "Expectation Failed";
        case 421: return "Misdirected Request";
        case 422: return "Unprocessable Content";
        case 428: return "Precondition Required";
        case 429: return "Too Many Requests";
        case 431: return "Request Header Fields Too Large";
        case 500: return "Internal Server Error";
        case 501: return "Not Implemented";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 505: return "HTTP Version Not Supported";
        default: return "Unknown";
    }
}

}  // namespace portcullis::http
