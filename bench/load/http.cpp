#include "http.h"

#include "fibers.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace load {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `name` in lower case.
bool is_named(std::string_view text, std::string_view name) { return std::ranges::equal(text, name, {}, lower); }

constexpr bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

/// Calls `use(name, value)` for every header line, until it says true.
template <class Use>
void each_header(std::string_view headers, Use use) {
    while (!headers.empty()) {
        const auto end  = headers.find("\r\n");
        const auto line = headers.substr(0, end);
        if (const auto colon = line.find(':'); colon != line.npos && use(line.substr(0, colon), trimmed(line.substr(colon + 1)))) return;
        if (end == headers.npos) return;
        headers.remove_prefix(end + 2);
    }
}

template <class Number>
Number parse(std::string_view text, int base) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

}  // namespace

std::string Answer::header(std::string_view name) const {
    std::string found;
    each_header(headers, [&](std::string_view key, std::string_view value) {
        if (!is_named(key, name)) return false;
        found = value;
        return true;
    });
    return found;
}

std::vector<std::pair<std::string, std::string>> Answer::cookies() const {
    std::vector<std::pair<std::string, std::string>> found;
    each_header(headers, [&](std::string_view key, std::string_view value) {
        if (!is_named(key, "set-cookie")) return false;
        const auto pair  = value.substr(0, value.find(';'));
        const auto equal = pair.find('=');
        found.emplace_back(pair.substr(0, equal), pair.substr(equal + 1));
        return false;
    });
    return found;
}

Connection::~Connection() { close(); }

void Connection::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    buffer_.clear();
}

bool Connection::connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return false;
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family      = AF_INET;
    address.sin_port        = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        Fibers::watch(socket_);
        return true;
    }
    close();
    return false;
}

bool Connection::fill() {
    char part[16384];
    auto got = ::recv(socket_, part, sizeof part, MSG_DONTWAIT);
    while (got < 0 && errno == EAGAIN && Fibers::wait()) got = ::recv(socket_, part, sizeof part, MSG_DONTWAIT);
    if (got <= 0) return false;
    buffer_.append(part, static_cast<std::size_t>(got));
    return true;
}

bool Connection::read_body(Answer& answer) {
    if (is_named(answer.header("transfer-encoding"), "chunked")) {
        for (;;) {
            while (buffer_.find("\r\n") == buffer_.npos) if (!fill()) return false;
            const auto line = buffer_.find("\r\n");
            const auto size = parse<std::size_t>(std::string_view(buffer_).substr(0, line), 16);
            while (buffer_.size() < line + 2 + size + 2) if (!fill()) return false;
            answer.body.append(buffer_, line + 2, size);
            buffer_.erase(0, line + 2 + size + 2);
            if (size == 0) return true;
        }
    }
    const auto size = parse<std::size_t>(answer.header("content-length"), 10);
    while (buffer_.size() < size) if (!fill()) return false;
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return true;
}

Answer Connection::exchange(const std::string& request) {
    if (socket_ < 0 && !connect()) return {};
    for (std::size_t sent = 0; sent < request.size();) {
        const auto wrote = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (wrote <= 0) { close(); return {}; }
        sent += static_cast<std::size_t>(wrote);
    }
    while (buffer_.find("\r\n\r\n") == buffer_.npos) if (!fill()) { close(); return {}; }
    Answer answer;
    const auto head = buffer_.find("\r\n\r\n");
    const auto line = buffer_.find("\r\n");
    answer.status   = parse<int>(std::string_view(buffer_).substr(9, 3), 10);
    answer.headers  = line < head ? buffer_.substr(line + 2, head - line - 2) : "";
    buffer_.erase(0, head + 4);
    if (answer.status != 204 && answer.status != 304 && !read_body(answer)) { close(); return {}; }
    if (is_named(answer.header("connection"), "close")) close();
    return answer;
}

Answer Connection::send(std::string_view method, std::string_view target, std::string_view headers, std::string_view body) {
    const auto length  = method == "POST" ? fmt::format("Content-Length: {}\r\n", body.size()) : std::string();
    const auto request = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}{}\r\n{}", method, target, host_, headers, length, body);
    const bool reused  = socket_ >= 0;
    auto answer        = exchange(request);
    // A kept connection may have been closed at its idle limit just now: once more on a fresh one.
    if (answer.status == 0 && reused) answer = exchange(request);
    return answer;
}

Answer Connection::post(std::string_view target, std::string_view headers, std::string_view form) {
    return send("POST", target, fmt::format("Content-Type: application/x-www-form-urlencoded\r\n{}", headers), form);
}

std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 64);
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (auto at = text.begin(); at != text.end();) {
        const auto plain = std::find_if_not(at, text.end(), is_unreserved);
        out.append(at, plain);
        at = plain;
        for (; at != text.end() && !is_unreserved(*at); ++at) {
            const auto c = static_cast<unsigned char>(*at);
            out += {'%', kDigits[c >> 4], kDigits[c & 15]};
        }
    }
    return out;
}

std::string json_member(std::string_view json, std::string_view name) {
    const auto key = json.find(fmt::format("\"{}\"", name));
    if (key == json.npos) return {};
    const auto open = json.find('"', json.find(':', key) + 1);
    if (open == json.npos) return {};
    return std::string(json.substr(open + 1, json.find('"', open + 1) - open - 1));
}

}  // namespace load
