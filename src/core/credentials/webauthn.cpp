#include "core/credentials/webauthn.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/secret.h"

namespace portcullis::credentials {
namespace {

constexpr auto kRefusals = std::to_array<std::string_view>(
    {"malformed",           "ceremonyOver",       "typeWrong",          "challengeWrong",     "originWrong",
     "crossOrigin",         "rpIdWrong",          "userNotPresent",     "userNotVerified",    "backedUpNotEligible",
     "eligibilityChanged",  "credentialMissing",  "credentialUnexpected", "algorithmNotOffered", "keyUnsound",
     "credentialUnknown",   "credentialNotOffered", "alreadyRegistered", "userHandleWrong",   "signatureWrong",
     "attestationInvalid",  "attestationMissing", "attestationUntrusted", "modelNotAllowed",  "modelUnlisted",
     "modelCompromised",    "modelUncertified",   "modelUnsuited",      "syncedNotAllowed",
     "deviceBoundNotAllowed", "userExcluded",     "tooMany",            "notFresh",           "userAtRisk",
     "policyRefuses",       "accountDisabled"});
static_assert(kRefusals.size() == static_cast<std::size_t>(PasskeyRefusal::accountDisabled) + 1);

constexpr auto kTransports = std::to_array<std::string_view>({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"});

bool holds(std::span<const std::string> list, std::string_view text) { return std::ranges::find(list, text) != list.end(); }

}  // namespace

std::string_view to_string(PasskeyRefusal refusal) { return kRefusals[static_cast<std::size_t>(refusal)]; }

bool is_of_model(PasskeyRefusal refusal) {
    using enum PasskeyRefusal;
    constexpr auto kOfModel = std::to_array({attestationUntrusted, modelNotAllowed, modelUnlisted, modelCompromised, modelUncertified, modelUnsuited});
    return std::ranges::find(kOfModel, refusal) != kOfModel.end();
}

std::string_view to_string(Attestation attestation) {
    switch (attestation) {
        case Attestation::none:       return "none";
        case Attestation::direct:     return "direct";
        case Attestation::enterprise: return "enterprise";
    }
    return {};
}

std::string_view to_string(UserVerification wish) {
    switch (wish) {
        case UserVerification::required:  return "required";
        case UserVerification::preferred: return "preferred";
    }
    return {};
}

std::optional<PasskeyRefusal> check_client_data(const ClientData& client, const Expected& expected) {
    // "Verify that the value of C.type is webauthn.create" (§7.1 step 7); "is the string webauthn.get" (§7.2 step 11).
    const std::string_view type = expected.ceremony == Ceremony::registration ? "webauthn.create" : "webauthn.get";
    if (client.type != type) return PasskeyRefusal::typeWrong;
    // "Verify that the value of C.challenge equals the base64url encoding of pkOptions.challenge" (§7.1 step 8, §7.2 step 12).
    if (expected.challenge.empty() || !equal_constant_time(client.challenge, expected.challenge)) return PasskeyRefusal::challengeWrong;
    // "Verify that the value of C.origin is an origin expected by the Relying Party" (§7.1 step 9, §7.2 step 13).
    if (!holds(expected.origins, client.origin)) return PasskeyRefusal::originWrong;
    // "If C.crossOrigin is present and set to true, verify that the Relying Party expects that this credential would have
    // been created within an iframe that is not same-origin with its ancestors" (§7.1 step 10, §7.2 step 14).
    if ((client.cross_origin || client.top_origin) && !expected.embedding.is_allowed) return PasskeyRefusal::crossOrigin;
    // "If C.topOrigin is present: verify that the value of C.topOrigin matches the origin of a page that the Relying Party
    // expects to be sub-framed within" (§7.1 step 11, §7.2 step 15).
    if (client.top_origin && !holds(expected.embedding.top_origins, *client.top_origin)) return PasskeyRefusal::crossOrigin;
    return std::nullopt;
}

std::optional<PasskeyRefusal> check_authenticator_data(const AuthenticatorData& data, const Expected& expected) {
    // "Verify that the rpIdHash in authData is the SHA-256 hash of the RP ID expected by the Relying Party" (§7.1 step 14,
    // §7.2 step 16).
    if (expected.rp_id_hash.size() != 32 || data.rp_id_hash != expected.rp_id_hash) return PasskeyRefusal::rpIdWrong;
    // "Verify that the UP bit of the flags in authData is set" (§7.1 step 15, §7.2 step 17). We make no conditional creation.
    if (!data.flags.user_present) return PasskeyRefusal::userNotPresent;
    // "If the Relying Party requires user verification for this credential, verify that the UV bit is set" (§7.1 step 16,
    // §7.2 step 18).
    if (expected.user_verification == UserVerification::required && !data.flags.user_verified) return PasskeyRefusal::userNotVerified;
    // "If the BE bit of the flags in authData is not set, verify that the BS bit is not set" (§7.1 step 17, §7.2 step 19).
    if (data.flags.backed_up && !data.flags.backup_eligible) return PasskeyRefusal::backedUpNotEligible;
    // A registration brings a credential (§6.5), a sign-in brings none (§6.1: "not included in assertions").
    if (expected.ceremony == Ceremony::registration && !data.attested) return PasskeyRefusal::credentialMissing;
    if (expected.ceremony == Ceremony::authentication && data.attested) return PasskeyRefusal::credentialUnexpected;
    return std::nullopt;
}

std::optional<PasskeyRefusal> check_new_credential(const AuthenticatorData& data, std::span<const CoseAlgorithm> offered) {
    if (!data.attested) return PasskeyRefusal::credentialMissing;
    // "Verify that the alg parameter in the credential public key in authData matches the alg attribute of one of the items
    // in pkOptions.pubKeyCredParams" (§7.1 step 20).
    const auto key = parse_cose_public_key(data.attested->public_key);
    if (!key || std::ranges::find(offered, key->algorithm) == offered.end()) return PasskeyRefusal::algorithmNotOffered;
    return std::nullopt;
}

std::optional<PasskeyRefusal> check_owner(const Assertion& assertion, const identity::AuthenticationMethod& stored, const Sought& sought) {
    PORTCULLIS_ASSERT(assertion.data != nullptr);
    const auto& passkey = stored.passkey;
    if (!passkey || passkey->credential_id != assertion.credential_id) return PasskeyRefusal::credentialUnknown;
    // "If the user was identified before the authentication ceremony was initiated: verify that the identified user account
    // contains a credential record whose id equals credential.rawId" (§7.2 step 6).
    if (sought.user && *sought.user != stored.user) return PasskeyRefusal::credentialNotOffered;
    // "If the user was not identified before: verify that response.userHandle is present" (§7.2 step 6).
    if (!sought.user && !assertion.user_handle) return PasskeyRefusal::userHandleWrong;
    // "If response.userHandle is present, verify that it equals the user handle of the user account" (§7.2 step 6).
    if (assertion.user_handle && !equal_constant_time(*assertion.user_handle, passkey->user_handle)) return PasskeyRefusal::userHandleWrong;
    // "Compare currentBe and currentBs with credentialRecord.backupEligible and credentialRecord.backupState: if
    // credentialRecord.backupEligible is set, verify that currentBe is set. If it is not set, verify that currentBe is not
    // set" (§7.2 step 20).
    if (assertion.data->flags.backup_eligible != passkey->is_backup_eligible) return PasskeyRefusal::eligibilityChanged;
    return std::nullopt;
}

CounterVerdict judge_counter(std::uint32_t stored, std::uint32_t received) {
    // "If authData.signCount is nonzero or credentialRecord.signCount is nonzero" (§7.2 step 22)
    if (stored == 0 && received == 0) return CounterVerdict::unused;
    // "greater than credentialRecord.signCount: the signature counter is valid; less than or equal: this is a signal, but not
    // proof, that the authenticator may be cloned"
    return received > stored ? CounterVerdict::advanced : CounterVerdict::fell;
}

std::uint32_t counter_after(std::uint32_t stored, std::uint32_t received) { return std::max(stored, received); }

AuthMethod method_of(bool backup_eligible, KeyProtection protection) {
    if (backup_eligible) return AuthMethod::passkeySynced;
    return protection == KeyProtection::attestedHardware ? AuthMethod::passkeyHardware : AuthMethod::passkeyDeviceBound;
}

std::vector<const identity::AuthenticationMethod*> passkeys_of(std::span<const identity::AuthenticationMethod> methods) {
    std::vector<const identity::AuthenticationMethod*> passkeys;
    for (const auto& method : methods) {
        if (method.passkey) passkeys.push_back(&method);
    }
    return passkeys;
}

std::vector<std::string> known_transports(std::span<const std::string> reported) {
    std::vector<std::string> known;
    for (const auto transport : kTransports) {
        if (holds(reported, transport)) known.emplace_back(transport);
    }
    return known;
}

std::vector<CredentialDescriptor> decoy_credentials(std::string_view seed) {
    constexpr std::size_t kPart = 32;
    PORTCULLIS_ASSERT(seed.size() >= 2 * kPart);
    // Lengths that authenticators in use make. Most people have one passkey, some have two.
    constexpr auto kLengths = std::to_array<std::size_t>({16, 20, 32, 32});
    const auto at           = [&](std::size_t i) { return static_cast<unsigned char>(seed[i]); };
    const std::size_t count = at(0) % 4 == 0 ? 2 : 1;
    std::vector<CredentialDescriptor> decoys;
    for (std::size_t i = 0; i < count; ++i) {
        const auto length = kLengths[at(i + 1) % kLengths.size()];
        decoys.push_back({.id = std::string(seed.substr(i * kPart, length)), .transports = {"hybrid", "internal"}});
    }
    return decoys;
}

}  // namespace portcullis::credentials
