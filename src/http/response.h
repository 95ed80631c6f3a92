#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "http/request.h"

namespace portcullis::http {

/// How a redirect treats the method: 303 always becomes a GET; 302 is what OAuth 2.0 shows in its examples (RFC 6749
/// §4.1.2).
enum class Redirect { found = 302, seeOther = 303 };

/// One answer. The server adds `Date`, `Server`, `Content-Length`, `Connection`, `x-request-id`, `request-id` and
/// `client-request-id`; a header of these names set here is ignored. A header that could split the answer
/// (CR, LF, NUL, a name that is no token) turns the whole answer into a 500.
struct Response {
    int status = 200;
    std::vector<Header> headers;
    std::string body;

    static Response html(std::string body, int status = 200);
    static Response text(std::string body, int status = 200);
    /// `body` is JSON text already.
    static Response json(std::string body, int status = 200);
    /// `location` goes out as it is: only a checked URL belongs here (PROTO-810).
    static Response redirect(std::string location, Redirect kind = Redirect::seeOther);
    static Response no_content();

    /// The first header of that name (case does not matter), or nullptr.
    [[nodiscard]] const std::string* find(std::string_view name) const;
    /// Puts the header in place of all of that name.
    Response& set(std::string_view name, std::string value) &;
    Response&& set(std::string_view name, std::string value) &&;
    /// Puts the header after the others: for `Set-Cookie`.
    Response& add(std::string_view name, std::string value) &;
    Response&& add(std::string_view name, std::string value) &&;
};

/// The reason phrase of a status (RFC 9110 §15), or "Unknown".
std::string_view reason_phrase(int status);

/// Equality of header names, which are case-insensitive (RFC 9110 §5.1).
inline bool same_name(std::string_view a, std::string_view b) { return ascii::equal_ignoring_case(a, b); }

}  // namespace portcullis::http
