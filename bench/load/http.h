#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace load {

struct Answer {
    int status = 0;  ///< 0: the connection failed
    std::string headers;
    std::string body;

    /// The value of a field, or empty. `name` in lower case.
    [[nodiscard]] std::string header(std::string_view name) const;
    /// Every Set-Cookie as name and value.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> cookies() const;
};

/// One keep-alive HTTP/1.1 connection to 127.0.0.1; connects again when the peer has closed.
class Connection {
public:
    Connection(int port, std::string host) : port_(port), host_(std::move(host)) {}
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Answer send(std::string_view method, std::string_view target, std::string_view headers, std::string_view body);
    Answer post(std::string_view target, std::string_view headers, std::string_view form);

private:
    bool connect();
    void close();
    bool fill();
    Answer exchange(const std::string& request);
    bool read_body(Answer& answer);

    int port_;
    std::string host_;
    int socket_ = -1;
    std::string buffer_;
};

std::string percent_encode(std::string_view text);
/// The string member `name` of a flat JSON object, or empty.
std::string json_member(std::string_view json, std::string_view name);

}  // namespace load
