#include "wire/client_assertion.h"

#include <fmt/format.h>

#include "wire/numeric_date.h"

namespace portcullis::wire {
namespace {

Error wrong(std::string_view name) { return {ErrorCode::invalidRequest, fmt::format("`{}` of the assertion has the wrong type", name)}; }

Result<std::string> text_at(const json::object& object, std::string_view name) {
    if (!object.contains(name)) return std::string();
    auto text = json::string_at(object, name);
    if (!text) return wrong(name);
    return std::move(*text);
}

Result<std::optional<Instant>> time_at(const json::object& object, std::string_view name) {
    if (!object.contains(name)) return std::optional<Instant>();
    const auto time = numeric_date_at(object, name);
    if (!time) return wrong(name);
    return time;
}

}  // namespace

Result<oidc::ClientAssertion> client_assertion_from(const json::object& header, const json::object& claims) {
    oidc::ClientAssertion assertion;
    assertion.header.kid        = TRY(text_at(header, "kid"));
    assertion.header.x5t        = TRY(text_at(header, "x5t"));
    assertion.header.x5t_s256   = TRY(text_at(header, "x5t#S256"));
    assertion.claims.issuer     = TRY(text_at(claims, "iss"));
    assertion.claims.subject    = TRY(text_at(claims, "sub"));
    assertion.claims.id         = TRY(text_at(claims, "jti"));
    assertion.claims.audience   = json::string_at(claims, "aud");
    assertion.claims.expires_at = TRY(time_at(claims, "exp"));
    assertion.claims.not_before = TRY(time_at(claims, "nbf"));
    assertion.claims.issued_at  = TRY(time_at(claims, "iat"));
    return assertion;
}

}  // namespace portcullis::wire
