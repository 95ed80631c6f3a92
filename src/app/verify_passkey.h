#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "app/passkey_ceremony.h"
#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// Whom a passkey is asked of.
struct PasskeySought {
    std::string_view state;      // what the ceremony is bound to; another one after every answer
    std::string_view name;       // as typed; empty: whoever has a passkey here
    std::optional<UserId> user;  // proven already: the passkey is their second factor
    std::span<const MethodId> methods = {};  // of theirs only these; empty: any
};

/// The passkey's owner is here and verified, and the account may be assessed. Only VerifyPasskey makes one.
struct PasskeyAccepted {
    Account account;
    identity::AuthenticationMethod method;
    PasskeyUsed used;  // must be committed; a conflict means that another use was faster: ask `use_of` again
    std::uint32_t sign_count = 0;
    bool is_backed_up        = false;
};
struct PasskeyRefused {
    credentials::PasskeyRefusal because = credentials::PasskeyRefusal::malformed;
    std::optional<identity::User> user;  // for the log only
};
using PasskeyOutcome = std::variant<PasskeyAccepted, PasskeyRefused>;

/// Signing in with a passkey: a first factor that is several at once, or a second one (protocols.md §16).
///
/// A signature cannot be guessed, so there is nothing to count, and a password's lock does not hold a passkey off: whoever
/// locks an account by guessing must not lock its owner out (conditional-access.md §18). Names nobody has, and people without
/// passkeys, get options like everybody's (PROTO-503).
class VerifyPasskey {
public:
    explicit VerifyPasskey(Ports& ports) : ports_(ports) {}

    /// What the browser's `get()` is called with. Errors: unavailable.
    Result<credentials::RequestOptions> begin(const TenantSnapshot& tenant, const PasskeySought& sought, const RequestFacts& facts);
    /// What the browser answered. The caller moves the state on, whatever comes out. Errors: unavailable.
    Result<PasskeyOutcome> finish(const TenantSnapshot& tenant, const PasskeySought& sought, std::string_view answer, const RequestFacts& facts);

    /// What this use does to the passkey as it is stored now.
    static PasskeyUsed use_of(const identity::AuthenticationMethod& stored, const PasskeyAccepted& accepted, Instant now);

private:
    Result<std::vector<credentials::CredentialDescriptor>> offered(const TenantSnapshot& tenant, const PasskeySought& sought) const;
    credentials::Sought sought_of(const PasskeySought& sought, const Account& owner) const;
    std::vector<credentials::CredentialDescriptor> decoys(TenantId tenant, std::string_view name) const;

    Ports& ports_;
};

/// The passkeys of an account that its tenant lets it use.
std::vector<const identity::AuthenticationMethod*> usable_passkeys(const TenantSnapshot& tenant, const Account& account);
/// What a profile looks at, of a passkey that is stored.
credentials::PasskeyTraits traits_of(const identity::Passkey& passkey);

}  // namespace portcullis::app
