#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/credentials/external_answer.h"

/// What providers of external methods say, read.
namespace portcullis::wire {

/// The claims of an ID token. Errors: invalidRequest when a claim has another type than the specification gives it, or a list is
/// longer than sixteen.
Result<credentials::ExternalClaims> external_claims_from(const json::object& claims);

inline constexpr std::size_t kProviderDocumentMax = std::size_t{64} << 10;  // of metadata and of a key set
inline constexpr std::size_t kProviderKeysMax     = 32;

/// What of a provider's metadata counts here (OpenID Connect Discovery 1.0 §3).
struct ProviderMetadata {
    std::string issuer, authorization_endpoint, jwks_uri;
};

/// Whether `text` is `https://` with a DNS name or IPv4 address, perhaps a port, and a path of printable ASCII without a fragment: what
/// can be fetched, and named in a content security policy.
bool is_provider_url(std::string_view text);

/// Reads the metadata that was found at `discovery_url`. The issuer is of the same host as the URL, every URL is https, and what the
/// provider says it supports covers what it will be asked. Errors: invalidRequest, saying what is wrong.
Result<ProviderMetadata> provider_metadata_from(std::string_view text, std::string_view discovery_url);

/// The keys of a JSON Web Key Set that are of a kind for signatures; whether each can be used is for the verifier to say. Errors:
/// invalidRequest when it is none, or has too many.
Result<std::vector<json::object>> provider_keys_from(std::string_view text);

}  // namespace portcullis::wire
