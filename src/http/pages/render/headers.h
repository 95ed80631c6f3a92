#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"

/// The response headers of protocols §21.1: one place, so that no handler forgets one.
namespace portcullis::pages {

using HeaderFields = std::vector<http::Header>;

/// How the product is reached by the browser. Strict-Transport-Security is sent over https only (RFC 6797 §7.2).
enum class Scheme { http, https };
/// `popups` on authorize, for clients that open it in a popup and wait for it.
enum class Opener { alone, popups };
/// `open`: metadata and JWKS, cacheable and readable by every origin.
enum class JsonAudience { caller, open };

struct PageHeaders {
    Scheme scheme = Scheme::https;
    Opener opener = Opener::alone;
    /// Where the forms of this page may lead besides ourselves: each a redirect URI of the client at hand. Chromium
    /// applies form-action to the redirect that follows the form's POST.
    std::vector<std::string> form_targets;
    std::string script_nonce;  ///< FormPost only; base64 or base64url
};

/// Headers of an HTML page, Content-Type included.
HeaderFields page_headers(const PageHeaders& page);
/// Headers of a JSON answer, Content-Type included. With `open`: `public, max-age=3600` in place of `no-store`.
HeaderFields json_headers(Scheme scheme, JsonAudience audience);

/// `answer` with these headers in place of its own of the same names.
http::Response with_headers(http::Response answer, const HeaderFields& fields);

/// The CSP source that covers a redirect URI: its origin, or `scheme:` for private-use schemes and IPv6 literals, which
/// the CSP grammar cannot name. Nothing when it has no scheme, or one of javascript, data, vbscript.
std::optional<std::string> csp_source(std::string_view redirect_uri);

}  // namespace portcullis::pages
