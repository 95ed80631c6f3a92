#pragma once

#include <optional>
#include <string_view>

#include "app/own_methods.h"
#include "app/phone_codes.h"

namespace portcullis::app {

/// Whether this tenant's resets can use a telephone of this person, so that registering one is of use: countries are named, and a
/// message or a call is among the reset's methods and allowed them.
bool may_add_phone(const TenantSnapshot& tenant, const Account& account, PhoneCode::Way way, Instant now);

/// A signed-in person registers the telephone a code goes to when they forget their password (credentials.md §3.1, §6.3). It demands
/// what adding any method does, and proves the number with a code sent to it, within every budget of sending. There is one: a new
/// one takes the place of the old.
class AddRecoveryPhone {
public:
    explicit AddRecoveryPhone(Ports& ports) : ports_(ports) {}

    /// Sends the code: 6 digits, 5 minutes. Nothing was refused when the result holds nothing; `unknown`: no such country or way
    /// here, or a number that is no line; `tooMany`: a budget is spent, or the last code was sent a moment ago. Errors: unavailable.
    Result<std::optional<MethodRefusal>> begin(const TenantSnapshot& tenant, const Registrant& who, const credentials::PhoneNumber& number,
                                               PhoneCode::Way way, const RequestFacts& facts);
    /// Stores the number whose code was typed, and tells the owner. A wrong code leaves it waiting. Errors: unavailable, conflict
    /// when the account changed at the same moment.
    Result<std::optional<MethodRefusal>> finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, const RequestFacts& facts);

private:
    Result<std::optional<MethodRefusal>> objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts);
    Result<void> store(const TenantSnapshot& tenant, const Registrant& who, const credentials::PhoneNumber& number, const RequestFacts& facts);

    Ports& ports_;
};

}  // namespace portcullis::app
