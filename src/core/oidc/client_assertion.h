#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "core/identity/application.h"
#include "core/oidc/refusal.h"

/// `private_key_jwt` (RFC 7523, PROTO-022) and certificate assertions as MSAL makes them (PROTO-226).
namespace portcullis::oidc {

inline constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
inline constexpr Duration kAssertionLifeMax      = std::chrono::minutes{10};  // PROTO-022
inline constexpr Duration kAssertionSkew         = std::chrono::seconds{60};  // PROTO-016
inline constexpr std::size_t kAssertionIdMax     = 256;                       // characters of `jti`

/// Which key an assertion says it is signed with. What else a header holds, `x5c` included, is never looked at: a
/// certificate is trusted because it is registered, not because it was sent.
struct AssertionHeader {
    std::string kid{}, x5t{}, x5t_s256{};
};

/// What an assertion says (RFC 7523 §3).
struct AssertionClaims {
    std::string issuer{}, subject{};
    std::optional<std::string> audience{};  ///< nothing: absent, or not one string
    std::optional<Instant> expires_at{}, not_before{}, issued_at{};
    std::string id{};  ///< `jti`
};

/// An assertion as it was read; nothing of it is believed yet.
struct ClientAssertion {
    AssertionHeader header{};
    AssertionClaims claims{};
};

/// The client that an assertion speaks for, so that its keys can be looked up. `body_client_id`: empty when the request
/// has none. Refuses: 700021 when `iss`, `sub` and `client_id` are not one client (PROTO-020, PROTO-022).
std::variant<ApplicationId, Refusal> asserted_client(const AssertionClaims& claims, std::string_view body_client_id);

/// The registered key that the header names: by `x5t#S256`, else `x5t`, else `kid`. `known`: the enabled application, or
/// null. Refuses: 700025 a public client; 7000215 a client registered for secrets; 700027 in the same words for an
/// unknown client, an unknown key, none named, and one outside its validity (PROTO-024).
std::variant<const identity::ClientKey*, Refusal> assertion_key(const identity::Application* known,
                                                                const AssertionHeader& header, Instant now);

/// What the claims are held against.
struct AssertionContext {
    const identity::Application& client;
    std::string_view issuer;
    std::array<std::string_view, 2> token_endpoints;  ///< by the tenant's GUID and by its domain
    Instant now;
};

/// The claims of an assertion whose signature is good, as an ordered table: audience, life, identifier. Refuses: 700023,
/// 700024, 50027. That it is used once is for the caller to see to: see `assertion_memory`.
std::optional<Refusal> assertion_refusal(const AssertionClaims& claims, const AssertionContext& context);

/// Until when the `jti` of an accepted assertion must be remembered.
Instant assertion_memory(const AssertionClaims& claims);

/// 700027: no key of the client made this signature.
Refusal bad_assertion_signature();
/// 700024: its `jti` is remembered.
Refusal assertion_replayed();
/// 50027: it is no JWT within the limits, or its algorithm does not exist here (PROTO-013, PROTO-014).
Refusal assertion_malformed();

}  // namespace portcullis::oidc
