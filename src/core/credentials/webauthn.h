#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/credentials/authenticator_data.h"
#include "core/identity/user.h"

/// The relying party's checks of WebAuthn ceremonies (W3C Web Authentication Level 3, §7.1 and §7.2; protocols.md §16.2).
/// Pure: hashes and signatures come in as values, from app/ports/passkey_verifier.h.
namespace portcullis::credentials {

/// Why a passkey was not registered or not accepted. The person is told one thing whatever it is; the log is told this.
enum class PasskeyRefusal {
    malformed,             // not what a browser sends, or beyond a bound
    ceremonyOver,          // no challenge waits here: never asked, spent, or too old
    typeWrong,             // `webauthn.get` for `webauthn.create`, or the other way round
    challengeWrong,
    originWrong,
    crossOrigin,           // asked from inside another site's page
    rpIdWrong,
    userNotPresent,
    userNotVerified,
    backedUpNotEligible,   // BS without BE
    eligibilityChanged,    // BE is not what it was at registration
    credentialMissing,     // a registration without a new credential
    credentialUnexpected,  // a sign-in that brings a new credential
    algorithmNotOffered,
    keyUnsound,            // not on its curve
    credentialUnknown,
    credentialNotOffered,  // not one of those that were asked for
    alreadyRegistered,
    userHandleWrong,       // missing where it must be there, or another user's
    signatureWrong,
    attestationInvalid,    // the statement contradicts what it attests
    attestationMissing,    // a profile demands one
    attestationUntrusted,  // valid, but no root vouches for it
    modelNotAllowed,       // AAGUID
    modelUnlisted,         // nothing is known of the model: the FIDO metadata names no such AAGUID
    modelCompromised,      // the metadata says that the model, or its maker's keys, are not to be trusted
    modelUncertified,      // certified less than the tenant demands
    modelUnsuited,         // not FIDO2, verifies nobody, or keeps no passkey
    syncedNotAllowed,
    deviceBoundNotAllowed,
    userExcluded,          // passkeys are off for everybody or for this person
    tooMany,
    notFresh,              // registration: the proof of who asks is too old
    userAtRisk,
    policyRefuses,         // security info may not be registered from here
    accountDisabled,
};
std::string_view to_string(PasskeyRefusal refusal);
/// Whether another passkey of the same model would be refused for the same reason.
bool is_of_model(PasskeyRefusal refusal);

/// Who asks: the RP ID is fixed at installation and is never taken from a request (protocols.md §16.1).
struct RelyingParty {
    std::string id;
    std::string name;
    std::vector<std::string> origins;  // exact
};

/// Whether other sites may show our pages in a frame. Not by default.
struct Embedding {
    bool is_allowed = false;
    std::vector<std::string> top_origins;  // the sites that may, exact
};

enum class Ceremony { registration, authentication };
enum class UserVerification { required, preferred };

/// What the browser says it signed for (§5.8.1).
struct ClientData {
    std::string type;
    std::string challenge;  // bytes
    std::string origin;
    bool cross_origin = false;
    std::optional<std::string> top_origin;
};

/// What an answer is held against.
struct Expected {
    Ceremony ceremony = Ceremony::authentication;
    std::string challenge;  // bytes
    std::vector<std::string> origins;
    Embedding embedding;
    std::string rp_id_hash;  // SHA-256 of the RP ID
    UserVerification user_verification = UserVerification::required;
};

/// §7.1 steps 6–12 and §7.2 steps 10–15: type, challenge (in constant time), origin, embedding.
std::optional<PasskeyRefusal> check_client_data(const ClientData& client, const Expected& expected);
/// §7.1 steps 13–17 and §7.2 steps 16–19: RP ID, presence, verification, backup flags.
std::optional<PasskeyRefusal> check_authenticator_data(const AuthenticatorData& data, const Expected& expected);
/// §7.1 step 20: there is a new credential, and its key is of an algorithm that was offered.
std::optional<PasskeyRefusal> check_new_credential(const AuthenticatorData& data, std::span<const CoseAlgorithm> offered);

/// An answer to a sign-in as far as it is compared with what is stored.
struct Assertion {
    std::string_view credential_id;
    std::optional<std::string_view> user_handle;
    const AuthenticatorData* data = nullptr;
};
/// Whom the sign-in is for: nobody yet, when the person did not type a name.
struct Sought {
    std::optional<UserId> user;
};
/// §7.2 steps 5–6 and 19: the credential is its owner's, the owner is who was asked for, and it is still what it was.
std::optional<PasskeyRefusal> check_owner(const Assertion& assertion, const identity::AuthenticationMethod& stored, const Sought& sought);

/// What the signature counter says (§7.2 step 22; PROTO-504).
enum class CounterVerdict {
    unused,    // both zero: this authenticator does not count
    advanced,
    fell,      // not above the stored one: perhaps there are two of them. The sign-in goes on, as risky.
};
CounterVerdict judge_counter(std::uint32_t stored, std::uint32_t received);
/// The counter to store: never lower than it was.
std::uint32_t counter_after(std::uint32_t stored, std::uint32_t received);

/// The kind of method a passkey is in `amr` and `acr` (protocols.md §10, PROTO-506). `hardware` needs an attestation that
/// a root vouches for.
enum class KeyProtection { unknown, attestedHardware };
AuthMethod method_of(bool backup_eligible, KeyProtection protection);

/// The passkeys among an account's methods.
std::vector<const identity::AuthenticationMethod*> passkeys_of(std::span<const identity::AuthenticationMethod> methods);

// --- Options (§5.4, §5.5; protocols.md §16.1) ---

enum class Attestation { none, direct, enterprise };
std::string_view to_string(Attestation attestation);
std::string_view to_string(UserVerification wish);

/// A credential by name, with how the browser may reach it.
struct CredentialDescriptor {
    std::string id;
    std::vector<std::string> transports;
};

/// For `navigator.credentials.create()`.
struct CreationOptions {
    std::string challenge;
    RelyingParty relying_party;
    std::string user_handle;  // bytes
    std::string user_name;
    std::string display_name;
    std::vector<CredentialDescriptor> excluded;
    Attestation attestation            = Attestation::none;
    UserVerification user_verification = UserVerification::required;
};

/// For `navigator.credentials.get()`.
struct RequestOptions {
    std::string challenge;
    std::string rp_id;
    std::vector<CredentialDescriptor> allowed;  // empty: whichever the person chooses
    UserVerification user_verification = UserVerification::required;
};

/// The challenge and its options live this long (protocols.md §24).
inline constexpr Duration kPasskeyChallengeLife = std::chrono::minutes{5};
inline constexpr std::size_t kPasskeyChallengeBytes = 32;
/// Random, so that it says nothing of the person (WebAuthn §14.6.1).
inline constexpr std::size_t kUserHandleBytes = 64;

/// The transports a browser may report (§5.8.4); others are dropped.
std::vector<std::string> known_transports(std::span<const std::string> reported);

/// A list that looks like a person's, one credential or two, for names nobody has and people without passkeys (PROTO-503).
/// `seed` is a keyed hash of the name, at least 64 bytes; the same name gets the same list.
std::vector<CredentialDescriptor> decoy_credentials(std::string_view seed);

}  // namespace portcullis::credentials
