#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace portcullis::http {

/// Name and value together, as browsers must store at least (RFC 6265 §6.1, PROTO-184).
inline constexpr std::size_t kCookieBytesMax = 4096;
/// Pairs looked at. We set at most 8 (PROTO-184); other applications of the host, `localhost` above all, send theirs
/// too.
inline constexpr std::size_t kCookiePairsMax = 64;

/// The cookies of one request (RFC 6265 §4.2). What is malformed, oversized or there twice is as if it were not sent: a
/// second cookie of one name was put there by somebody else, and we cannot tell which is ours (PROTO-184).
/// Holds views into the request it was made from.
class Cookies {
public:
    static Cookies of(const Request& request);
    /// The values of all `Cookie` fields, in order.
    static Cookies parse(std::span<const std::string_view> fields);

    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    [[nodiscard]] std::size_t size() const { return pairs_.size(); }

private:
    struct Pair {
        std::string_view name;
        std::string_view value;
    };
    std::vector<Pair> pairs_;
};

/// RFC 6265bis §5.6.7. `None` needs `Secure`.
enum class SameSite { Strict, Lax, None };

/// One `Set-Cookie`. Never a `Domain`: our cookies belong to one host.
struct SetCookie {
    std::string name;
    std::string value;
    /// Absent: until the browser closes. Zero or less: the browser forgets it now.
    std::optional<std::chrono::seconds> max_age = std::nullopt;
    std::string path                            = "/";
    SameSite same_site                          = SameSite::Lax;
    bool is_secure                              = true;
    bool is_http_only                           = true;
};

/// The value of the `Set-Cookie` header. Errors: invalidRequest when the name is no token, the value has octets RFC
/// 6265 §4.1.1 does not allow, name and value exceed 4096 bytes, the rules of a `__Host-` or `__Secure-` name are
/// broken, or `SameSite=None` comes without `Secure`.
Result<std::string> render(const SetCookie& cookie);

/// What makes a browser forget the cookie; give it the path and flags it was set with.
SetCookie forgotten(SetCookie cookie);

}  // namespace portcullis::http
