#pragma once

#include <string_view>
#include <variant>

#include "app/passkey_ceremony.h"
#include "app/registrant.h"
#include "app/request_facts.h"

namespace portcullis::app {

using PasskeyOptionsOutcome = std::variant<credentials::CreationOptions, credentials::PasskeyRefusal>;

/// What a browser made, and what the person calls it.
struct NewPasskey {
    std::string_view answer;        // RegistrationResponseJSON
    std::string_view display_name;  // cut to 64 bytes; empty: what the FIDO metadata calls a model that is vouched for, else "Passkey"
};
using PasskeyRegistrationOutcome = std::variant<identity::AuthenticationMethod, credentials::PasskeyRefusal>;

/// A proven person adds a passkey, in a session or within a sign-in (credentials.md §6.5, protocols.md §16). It demands a proof of at most 5 minutes ago:
/// MFA when the person has any method, the first factor when this is to be their first (CRED-027, PROTO-501). A person at
/// risk registers nothing, and the policies for registering security info are asked. A passkey that is refused for its model is
/// in the audit log with the model and the reason.
class RegisterPasskey {
public:
    explicit RegisterPasskey(Ports& ports) : ports_(ports) {}

    /// What the browser's `create()` is called with; bound to the registrant. Errors: unavailable.
    Result<PasskeyOptionsOutcome> begin(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    /// Stores what the browser made and tells the owner; the ceremony is over whatever comes out. Freshness was asked when
    /// it began, at most 5 minutes ago; all else is asked again.
    /// Errors: unavailable, conflict when the account changed at the same moment.
    Result<PasskeyRegistrationOutcome> finish(const TenantSnapshot& tenant, const Registrant& who, const NewPasskey& made,
                                              const RequestFacts& facts);

private:
    Result<std::optional<credentials::PasskeyRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who,
                                                                 const RequestFacts& facts);
    Result<PasskeyRegistrationOutcome> verified(const TenantSnapshot& tenant, const Registrant& who, const NewPasskey& made,
                                                const PasskeyCeremony& ceremony, const RequestFacts& facts);
    /// A passkey that no profile or strength takes, and the model it says it is.
    struct Ineligible {
        credentials::PasskeyRefusal because{};
        std::string aaguid;
    };
    Result<PasskeyRegistrationOutcome> turned_away(const TenantSnapshot& tenant, const Registrant& who, const Ineligible& why, const RequestFacts& facts);
    Result<void> store(const TenantSnapshot& tenant, const Registrant& who, const identity::AuthenticationMethod& method,
                       const RequestFacts& facts);

    Ports& ports_;
};

/// Whether the person may add passkeys at all: by themselves, and in scope of the tenant's settings.
bool may_add_passkey(const TenantSnapshot& tenant, const Account& account);
/// What a person calls a method: cut to 64 bytes, without control characters and outer spaces; empty when nothing is left to be seen.
std::string method_name(std::string_view typed);

}  // namespace portcullis::app
