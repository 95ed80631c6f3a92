#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/own_methods.h"

namespace portcullis::app {

/// The new codes, told this once; or why none were made.
using RecoveryCodesOutcome = std::variant<std::vector<Secret>, MethodRefusal>;

/// Recovery codes (credentials.md §6.8, CRED-031): ten of 80 bits, each good for one proof of a password reset, never for a sign-in.
/// Kept as Argon2id hashes under the key of passwords.
class RecoveryCodes {
public:
    explicit RecoveryCodes(Ports& ports) : ports_(ports) {}

    /// A new set in place of the one before; demands what adding any method does, and tells the owner. Errors: unavailable, conflict
    /// when the account changed at the same moment.
    Result<RecoveryCodesOutcome> make(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    /// The code that was typed, when it is one of theirs: what must be committed with what it allows. The same work for a wrong one
    /// and for nobody. Errors: unavailable.
    Result<std::optional<RecoveryCodeUsed>> matching(TenantId tenant, const std::optional<UserId>& user, std::string_view typed);

private:
    Result<std::vector<Change>> changes_of(const TenantSnapshot& tenant, const Registrant& who, std::vector<std::string> phcs, const RequestFacts& facts);

    Ports& ports_;
};

}  // namespace portcullis::app
