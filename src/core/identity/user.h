#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/identity/hardware_token.h"
#include "core/terms/auth_terms.h"

namespace portcullis::identity {

enum class UserType { member, guest };

/// An account. Deleted users stay listed with their risk (id-protection.md E25).
struct User {
    UserId id;
    std::string user_principal_name;  // as written; compared by `upn_key`
    std::string display_name;
    std::string given_name;
    std::string surname;
    std::string mail;
    std::string phone_number;
    std::string preferred_language;
    UserType type        = UserType::member;
    bool account_enabled = true;
    Instant created_at;
    std::optional<Instant> deleted_at;
    Instant sign_in_sessions_valid_from;               // sessions and refresh tokens older than this are void (50173)
    std::optional<Instant> mfa_registration_deadline;  // set by the first interactive sign-in that asks (§3.8)
    std::int64_t version = 0;
};

/// The verifier of a password and what rules it obeys. `phc` never leaves the server.
struct PasswordRecord {
    UserId user;
    std::string phc;                   // Argon2id, PHC string
    std::vector<std::string> history;  // earlier verifiers, newest first
    Instant changed_at;
    std::int64_t generation = 0;        // sessions remember the one they were made with
    bool must_change        = false;    // temporary: replace it at the next sign-in
    std::optional<Instant> expires_at;  // temporary passwords only
    std::int64_t version = 0;
};

/// A WebAuthn credential: what verifies it, and what was seen of it. Nothing of it is a secret.
struct Passkey {
    std::string credential_id;  // bytes; unique in the tenant
    std::string public_key;     // COSE_Key
    std::string user_handle;    // random bytes that stand for the user, never a name
    std::string aaguid;         // `xxxxxxxx-xxxx-…`: the authenticator's model, only proven when `is_attested`
    std::string attestation;    // the statement's format
    bool is_attested        = false;  // a root this tenant trusts vouched for it
    bool is_backup_eligible = false;  // BE: may be synced; never changes
    bool is_backed_up       = false;  // BS, as last seen
    bool is_clone_suspected = false;  // its counter has fallen (PROTO-504)
    std::uint32_t sign_count = 0;     // as last seen; never lowered
    std::vector<std::string> transports;
    std::optional<Instant> last_used_at;
};

/// A registered way to prove who one is, besides the password.
struct AuthenticationMethod {
    MethodId id;
    UserId user;
    AuthMethod kind = AuthMethod::softwareOath;
    std::string display_name;
    std::string sealed_secret;        // see app/ports/sealer.h
    std::int64_t last_used_step = -1;  // TOTP steps up to this one are spent (PROTO-520)
    Instant created_at;
    std::optional<Passkey> passkey;    // of the passkey kinds only
    bool is_default = false;           // asked for first; at most one of a person's methods
    std::optional<HardwareToken> token = {};  // of a hardware token only: its seed and clock are the inventory's
};

/// A temporary access pass (credentials.md §6.6); one a person, the newest. `phc` never leaves the server.
struct AccessPass {
    MethodId id;
    UserId user;
    std::string phc;  // Argon2id, PHC string
    bool is_one_time = false;
    Instant created_at;
    Instant starts_at;
    Instant ends_at;
    std::optional<Instant> used_at;  // last
};

/// Nobody proves MFA as this person (credentials.md §8, CRED-037).
struct MfaBlock {
    Instant at;
    Instant ends_at;
    bool by_report = false;  // their own report of a prompt made it, where the tenant wants that
    std::string reason;
};

/// What a person has answered to questions about their methods at earlier sign-ins.
struct RegistrationPrompts {
    std::optional<Instant> reset_confirmed_at;  // what a reset asks for was looked at, or became enough
    int campaign_skips = 0;                     // of the registration campaign, since it last was followed
    std::optional<Instant> campaign_due_at;     // when it asks again; absent: at the next MFA
};

struct Group {
    GroupId id;
    std::string display_name;
    std::int64_t version = 0;
};

}  // namespace portcullis::identity
