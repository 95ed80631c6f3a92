#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/request.h"

namespace portcullis::http {

/// A request target taken apart (RFC 9112 §3.2); views into the text it was parsed from.
struct Target {
    /// Empty for the origin form.
    std::string_view authority;
    std::string_view path;
    std::string_view query;
};

/// The origin form `/path?query`, the absolute form `http(s)://authority/path?query`, or `*` for OPTIONS.
/// Errors: invalidRequest for any other form, and for user names in the authority.
Result<Target> parse_target(std::string_view target, Method method);

/// `host[:port]` in lower case and without the ports 80 and 443; nothing when it is not a name, an IPv4 address or an
/// IPv6 address in brackets, with a port of 1–65535.
std::optional<std::string> canonical_authority(std::string_view text);

/// The authorities we answer for (PROTO-002).
class Authorities {
public:
    /// Each `host[:port]` or `host:*`. Errors: invalidRequest for anything else.
    static Result<Authorities> of(std::span<const std::string> configured);
    /// `authority` is canonical.
    [[nodiscard]] bool contains(std::string_view authority) const;

private:
    std::set<std::string, std::less<>> exact_;
    std::set<std::string, std::less<>> any_port_;
};

}  // namespace portcullis::http
