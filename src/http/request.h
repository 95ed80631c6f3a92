#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace portcullis::http {

/// The methods we know, spelled as on the wire (they are case-sensitive, RFC 9110 §9.1). Any other token is `other`,
/// which no route lists, so it is answered with 405 (PROTO-007). TRACE and CONNECT never reach a handler.
enum class Method { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE, CONNECT, other };
std::string_view to_string(Method method);
Method parse_method(std::string_view token);

/// token of RFC 9110 §5.6.2: what methods, header names and cookie names are made of.
bool is_token(std::string_view text);

/// One header field. Names of a request are lower case.
struct Header {
    std::string name;
    std::string value;
    bool operator==(const Header&) const = default;
};

/// One complete request: the head passed the framing checks (PROTO-808, PROTO-809) and the body is wholly here.
struct Request {
    Method method = Method::GET;
    /// As sent: not percent-decoded, dot segments kept, without the query. `*` for `OPTIONS *`.
    std::string path = "/";
    /// What follows the first `?`, as sent. Parse it with `Form::parse`.
    std::string query;
    /// Lower case, without a default port; one of `ServerOptions::authorities` unless `admits_other_authority` said so.
    /// Never build a URL from it (PROTO-002).
    std::string authority;
    /// In the order sent; trailer fields are refused, so all of them were in the head.
    std::vector<Header> headers;
    std::string body;

    /// The other end of the connection: a canonical IP address without port.
    std::string peer_address;
    /// Whom the request comes from: `peer_address`, or what configured proxies say (PROTO-811). The only one risk may
    /// see.
    std::string client_address;
    /// TLS up to us, or up to a configured proxy that says so with `X-Forwarded-Proto: https`.
    bool tls = false;

    RequestId id;
    /// The GUID of `client-request-id`, when there is one; the server sends it back.
    std::optional<CorrelationId> correlation;

    /// The value of the one field named `name` (give it in lower case). Nothing when it is absent, and nothing when it
    /// is repeated: two answers are no answer.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    /// How often the field is there; more than one tells a duplicate.
    [[nodiscard]] std::size_t header_count(std::string_view name) const;
    /// Every value of the field, in order: for fields that are lists (`cookie`, `x-forwarded-for`, `accept`).
    [[nodiscard]] std::vector<std::string_view> header_values(std::string_view name) const;
};

}  // namespace portcullis::http
