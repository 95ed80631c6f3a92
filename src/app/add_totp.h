#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "app/own_methods.h"
#include "app/verify_totp.h"

namespace portcullis::app {

using TotpSeedOutcome = std::variant<Secret, MethodRefusal>;

/// A signed-in person adds an authenticator app (credentials.md §3.1, §6.2; PROTO-525). It demands what adding a passkey does.
class AddTotp {
public:
    explicit AddTotp(Ports& ports) : ports_(ports), verify_totp_(ports) {}

    /// The seed to show: a new one, or the one that waits to be proven. Errors: unavailable.
    Result<TotpSeedOutcome> begin(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    /// Stores the app whose code was typed, and tells the owner; nothing was refused when the result holds nothing. A wrong code
    /// leaves the seed waiting. Errors: unavailable, conflict when the account changed at the same moment.
    Result<std::optional<MethodRefusal>> finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, std::string_view name,
                                                const RequestFacts& facts);

private:
    Result<std::optional<MethodRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    Result<void> store(const TenantSnapshot& tenant, const Registrant& who, identity::AuthenticationMethod method, const RequestFacts& facts);

    Ports& ports_;
    VerifyTotp verify_totp_;
};

/// Authenticator apps and OATH tokens of one person (credentials.md §3.1, CRED-006).
inline constexpr int kTotpMax = 5;
bool may_add_totp(const TenantSnapshot& tenant, const Account& account);
/// How many the person has.
int oath_count(const Account& account);

}  // namespace portcullis::app
