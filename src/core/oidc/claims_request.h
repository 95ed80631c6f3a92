#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/terms/auth_terms.h"

namespace portcullis::oidc {

/// One member of the `claims` parameter (OpenID Connect Core §5.5.1). No values: any value will do.
struct RequestedClaim {
    std::string name{};
    bool is_essential = false;
    std::vector<std::string> values{};
    friend bool operator==(const RequestedClaim&, const RequestedClaim&) = default;
};

/// The `claims` parameter; wire/claims_request.h reads it. Claims nobody knows are kept and never released.
struct ClaimsRequest {
    std::vector<RequestedClaim> id_token{};
    std::vector<RequestedClaim> userinfo{};
    std::vector<RequestedClaim> access_token{};
    friend bool operator==(const ClaimsRequest&, const ClaimsRequest&) = default;
};

const RequestedClaim* find_claim(std::span<const RequestedClaim> claims, std::string_view name);

/// What a request asks of the authentication behind the tokens (PROTO-111, protocols.md §10.3).
struct AuthenticationDemand {
    std::vector<Acr> wishes{};                  ///< `acr_values` and voluntary `acr`, in order of preference
    std::vector<Acr> demands{};                 ///< essential `acr`: one of these or higher, else unmet
    bool is_unmeetable = false;                 ///< an essential `acr` with no value this provider knows
    std::vector<std::string> contexts{};        ///< `c1`…`c99` demanded: essential `acrs` or `acr`
    std::vector<std::string> context_wishes{};  ///< `c1`…`c99` of `acr_values`
    std::optional<Instant> newer_than{};        ///< essential `access_token.nbf`: the authentication must be newer
    std::string subject{};                      ///< `id_token.sub.value`: only this subject will do; empty: any

    /// The lowest level that satisfies every demand; `session` when there is none.
    [[nodiscard]] Acr demanded() const;
};

/// `c1` to `c99`: an authentication context of Conditional Access.
bool is_authentication_context(std::string_view text);

/// Joins `acr_values` (space-separated; unknown values are ignored) and the `claims` parameter.
/// Nothing when an `nbf` is not a number of seconds.
std::optional<AuthenticationDemand> authentication_demand(std::string_view acr_values, const ClaimsRequest& claims);

/// Client capabilities of `access_token.xms_cc`, e.g. `cp1`; at most 16 of at most 32 characters.
std::vector<std::string> capabilities(const ClaimsRequest& claims);

/// Names of the claims about the person that these scopes and this list release, without repeats (OpenID Connect Core
/// §5.4).
std::vector<std::string> released_claims(std::span<const std::string> open_id_scopes,
                                         std::span<const RequestedClaim> requested);

}  // namespace portcullis::oidc
