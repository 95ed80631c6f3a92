#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "app/own_methods.h"

namespace portcullis::app {

/// An address or number that is registered once the code sent to it was typed: one of a kind waits a registrant, sealed.
class ContactProof {
public:
    /// `kind` keeps what waits and the tries of one apart from another's: `recoveryMail`, `recoveryPhone`.
    ContactProof(Ports& ports, std::string_view kind) : ports_(ports), kind_(kind) {}

    /// From now on `value` waits for `code`, in place of what waited. Errors: unavailable.
    Result<void> await(TenantId tenant, const Registrant& who, std::string_view value, const Secret& code, Instant expires_at);
    /// The value whose code was typed, once; or `codeWrong`, `codePaused` after too many, `over`. Errors: unavailable.
    Result<std::variant<std::string, MethodRefusal>> prove(TenantId tenant, const Registrant& who, std::string_view typed, Instant now);

private:
    std::string digest_of(const Registrant& who, std::string_view code) const;
    std::string key_of(const Registrant& who) const;

    Ports& ports_;
    std::string kind_;
};

}  // namespace portcullis::app
