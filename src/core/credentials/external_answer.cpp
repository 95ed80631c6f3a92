#include "core/credentials/external_answer.h"

#include <algorithm>

namespace portcullis::credentials {
namespace {

using identity::FederatedIdpMfaBehavior;
using identity::MethodTargets;

bool is_meant(const MethodTargets& targets, const MethodUser& who) {
    if (targets.all_users || std::ranges::find(targets.users, who.id) != targets.users.end()) return true;
    return std::ranges::any_of(who.groups, [&](GroupId group) { return std::ranges::find(targets.groups, group) != targets.groups.end(); });
}

struct Row {
    ExternalFault fault;
    std::string_view name, sentence;
};

constexpr auto kRows = std::to_array<Row>({
    {ExternalFault::denied, "externalDenied", "the provider did not confirm it"},
    {ExternalFault::tooLarge, "externalTokenTooLarge", "the provider's token is larger than 16 KiB"},
    {ExternalFault::malformed, "externalTokenMalformed", "the provider's answer is no token within the rules"},
    {ExternalFault::unknownKey, "externalKeyUnknown", "the provider's token is signed with a key that it does not publish"},
    {ExternalFault::badSignature, "externalSignatureWrong", "the signature of the provider's token is wrong"},
    {ExternalFault::wrongIssuer, "externalIssuerMismatch", "the provider's token names another issuer than its metadata"},
    {ExternalFault::wrongAudience, "externalAudienceMismatch", "the provider's token is not for this client id"},
    {ExternalFault::expired, "externalTokenExpired", "the provider's token is over, or has no end"},
    {ExternalFault::notYetValid, "externalTokenNotYetValid", "the provider's token is from the future"},
    {ExternalFault::stale, "externalTokenStale", "the provider's token is older than the request, or has no beginning"},
    {ExternalFault::wrongNonce, "externalNonceMismatch", "the provider's token answers another request"},
    {ExternalFault::wrongSubject, "externalSubjectMismatch", "the provider's token is about somebody else"},
    {ExternalFault::wrongAcr, "externalAcrMismatch", "the provider's token says another level than was asked for"},
    {ExternalFault::wrongAmr, "externalAmrMismatch", "the provider's token names no way of those that were asked for"},
    {ExternalFault::notOffered, "externalNotOffered", "the external method is not open to the user any more"},
    {ExternalFault::unavailable, "externalProviderUnavailable", "the provider's keys cannot be had"},
});

const Row& row_of(ExternalFault fault) { return kRows[static_cast<std::size_t>(fault)]; }

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].fault != static_cast<ExternalFault>(i)) return false;
    }
    return kRows.size() == static_cast<std::size_t>(ExternalFault::unavailable) + 1;
}
static_assert(is_in_order());

/// OpenID Connect Core §3.1.3.7, 3 to 5: ours is among them, and of several the authorized party is ours; if one is named it is, too.
bool is_for_client(const ExternalClaims& claims, std::string_view client_id) {
    if (std::ranges::find(claims.audience, client_id) == claims.audience.end()) return false;
    if (claims.authorized_party) return *claims.authorized_party == client_id;
    return claims.audience.size() == 1;
}

std::optional<ExternalFault> fault_of_times(const ExternalClaims& claims, const ExternalExpectation& expected) {
    const auto later = expected.now + kExternalSkew;
    if (!claims.expires_at || *claims.expires_at + kExternalSkew <= expected.now) return ExternalFault::expired;
    if ((claims.not_before && *claims.not_before > later) || (claims.issued_at && *claims.issued_at > later)) return ExternalFault::notYetValid;
    if (!claims.issued_at || *claims.issued_at + kExternalSkew < expected.asked_at) return ExternalFault::stale;
    return std::nullopt;
}

}  // namespace

bool is_for(const identity::ExternalMethod& method, const MethodUser& who) {
    if (!method.is_enabled || method.behavior == FederatedIdpMfaBehavior::rejectMfaByFederatedIdp) return false;
    return is_meant(method.include, who) && !is_meant(method.exclude, who);
}

std::string_view to_string(ExternalFault fault) { return row_of(fault).name; }
std::string_view sentence_of(ExternalFault fault) { return row_of(fault).sentence; }

int error_code_of(ExternalFault fault) {
    const bool says_too_little = fault == ExternalFault::wrongAcr || fault == ExternalFault::wrongAmr;
    return says_too_little ? 50161 : 500121;
}

std::optional<ExternalFault> fault_of(const ExternalClaims& claims, const ExternalExpectation& expected) {
    if (claims.issuer.empty() || claims.issuer != expected.issuer) return ExternalFault::wrongIssuer;
    if (!is_for_client(claims, expected.client_id)) return ExternalFault::wrongAudience;
    if (const auto fault = fault_of_times(claims, expected)) return fault;
    if (expected.nonce.empty() || claims.nonce != expected.nonce) return ExternalFault::wrongNonce;
    if (expected.subject.empty() || claims.subject != expected.subject) return ExternalFault::wrongSubject;
    if (claims.acr != kExternalAcr) return ExternalFault::wrongAcr;
    if (known_amr(claims.amr).empty()) return ExternalFault::wrongAmr;
    return std::nullopt;
}

std::vector<std::string> known_amr(const std::vector<std::string>& amr) {
    std::vector<std::string> known;
    for (const auto& way : amr) {
        const bool is_asked = std::ranges::find(kExternalAmr, way) != kExternalAmr.end();
        if (is_asked && std::ranges::find(known, way) == known.end()) known.push_back(way);
    }
    return known;
}

}  // namespace portcullis::credentials
