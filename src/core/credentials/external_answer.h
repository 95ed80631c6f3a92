#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/credentials/methods_policy.h"
#include "core/identity/external_method.h"

/// The answer of an external method's provider, held against what it was asked. Source: Microsoft Entra, "external method provider
/// reference"; OpenID Connect Core §3.2.2.11 and §3.1.3.7.
namespace portcullis::credentials {

/// Whether the method is there for this person: enabled, in scope, and its word counts.
bool is_for(const identity::ExternalMethod& method, const MethodUser& who);

/// The level that is asked for beside a password: something one has, or something one is. One more thing one knows is no second
/// factor.
inline constexpr std::string_view kExternalAcr = "possessionorinherence";
/// The ways that give it, as `amr` says them (RFC 8176). A token must name one of them.
inline constexpr auto kExternalAmr = std::to_array<std::string_view>(
    {"face", "fido", "fpt", "hwk", "iris", "otp", "pop", "retina", "sc", "sms", "swk", "tel", "vbm"});

/// How long the provider has to answer; then the request is over.
inline constexpr Duration kExternalRequestLife = std::chrono::minutes{10};
inline constexpr Duration kExternalSkew        = std::chrono::seconds{60};  // PROTO-016
inline constexpr std::size_t kExternalTokenMax = std::size_t{16} << 10;     // PROTO-014

/// Why an answer proves nothing. Each has a name for the log, a sentence, and a code.
enum class ExternalFault : std::uint8_t {
    denied,         // the provider says so: `error` in place of a token
    tooLarge,
    malformed,      // no token within the rules, or its algorithm does not exist here: `none` and HS256 among them
    unknownKey,     // signed with a key that the provider does not publish, or naming none
    badSignature,
    wrongIssuer,
    wrongAudience,
    expired,        // or it says no end
    notYetValid,
    stale,          // made before it was asked for, or saying nothing of when
    wrongNonce,     // of another request
    wrongSubject,   // of another person
    wrongAcr,       // another level than was asked for
    wrongAmr,       // by nothing that was asked for
    notOffered,     // meanwhile the method is off, not for this person, or its word does not count
    unavailable,    // the provider's keys cannot be had
};
/// `externalNonceMismatch` and so on: what the operator searches for.
std::string_view to_string(ExternalFault fault);
/// One sentence for the sign-in record: lower case, no full stop.
std::string_view sentence_of(ExternalFault fault);
/// 500121, or 50161 for an answer that says too little.
int error_code_of(ExternalFault fault);

/// What a token whose signature is good says. Nothing: the claim is absent.
struct ExternalClaims {
    std::string issuer, subject, nonce, acr;
    std::vector<std::string> audience;  // one string counts as a list of one
    std::optional<std::string> authorized_party;
    std::optional<Instant> expires_at, not_before, issued_at;
    std::vector<std::string> amr;
};

/// What it must say.
struct ExternalExpectation {
    std::string_view issuer, client_id, subject, nonce;
    Instant asked_at, now;
};

/// The first thing that is wrong, in the order of the enumeration; nothing: it is the answer that was asked for.
std::optional<ExternalFault> fault_of(const ExternalClaims& claims, const ExternalExpectation& expected);

/// Those of the token's ways that were asked for, each once, in order.
std::vector<std::string> known_amr(const std::vector<std::string>& amr);

}  // namespace portcullis::credentials
