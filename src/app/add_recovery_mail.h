#pragma once

#include <optional>
#include <string_view>

#include "app/own_methods.h"
#include "core/credentials/mail_address.h"

namespace portcullis::app {

/// A signed-in person registers the address a code goes to when they forget their password (credentials.md §3.1, §6.4). It demands
/// what adding any method does, and proves the address with a code sent to it. There is one: a new one takes the place of the old.
class AddRecoveryMail {
public:
    explicit AddRecoveryMail(Ports& ports) : ports_(ports) {}

    /// Sends the code: 8 digits, 5 minutes, at most 5 an hour. Nothing was refused when the result holds nothing. Errors: unavailable.
    Result<std::optional<MethodRefusal>> begin(const TenantSnapshot& tenant, const Registrant& who, const credentials::MailAddress& address,
                                               const RequestFacts& facts);
    /// Stores the address whose code was typed, and tells the owner at every address, the one before too. A wrong code leaves it
    /// waiting. Errors: unavailable, conflict when the account changed at the same moment.
    Result<std::optional<MethodRefusal>> finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, const RequestFacts& facts);

private:
    Result<std::optional<MethodRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    Result<void> store(const TenantSnapshot& tenant, const Registrant& who, const credentials::MailAddress& address, const RequestFacts& facts);

    Ports& ports_;
};

}  // namespace portcullis::app
