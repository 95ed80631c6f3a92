#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "app/own_methods.h"
#include "app/verify_totp.h"

namespace portcullis::app {

/// A person activates a hardware token that is theirs, by a code it shows now (credentials.md §6.2, CRED-020). It demands what adding
/// an authenticator app does: MFA of at most five minutes ago, or, of who has no method yet, the first factor.
class ActivateToken {
public:
    explicit ActivateToken(Ports& ports) : ports_(ports), verify_totp_(ports) {}

    /// Why it could not be activated now, whatever the code; nothing: it may be. Errors: unavailable.
    Result<std::optional<MethodRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who, HardwareTokenId token, const RequestFacts& facts);
    /// Activates it and tells the owner; nothing was refused when the result holds nothing. Errors: unavailable, conflict when the
    /// account or the token changed at the same moment.
    Result<std::optional<MethodRefusal>> operator()(const TenantSnapshot& tenant, const Registrant& who, HardwareTokenId token,
                                                    std::string_view code, const RequestFacts& facts);

private:
    Result<void> tell_of_guesses(const TenantSnapshot& tenant, const identity::User& user, const RequestFacts& facts);
    Ports& ports_;
    VerifyTotp verify_totp_;
};

/// Those of a person that wait to be activated and the tenant lets them use, by serial number. Errors: unavailable.
Result<std::vector<identity::HardwareToken>> waiting_tokens(const Ports& ports, const TenantSnapshot& tenant, const Account& account);

/// What tells one token from another before anybody has proven to have it: maker, model and how the serial number ends, `Feitian c200 •••4827`.
std::string short_name_of(const identity::HardwareToken& token);

/// How a token becomes a method of its owner, whose notice is the caller's to add.
std::vector<Change> activation_of(Ports& ports, const TenantSnapshot& tenant, const Account& account, const identity::HardwareToken& token,
                                  const TokenProof& proof, Instant now);

}  // namespace portcullis::app
