#pragma once

#include <variant>

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "core/credentials/totp.h"

namespace portcullis::app {

/// The code is right. `spent` must be committed with what the code allows; a conflict means that the same code was used
/// at the same moment elsewhere, and then it was wrong after all (PROTO-520).
struct CodeAccepted {
    TotpStepUsed spent;
};
enum class CodeRefusal { wrong, paused };
using CodeOutcome = std::variant<CodeAccepted, CodeRefusal>;

/// One-time codes of registered authenticator apps. Tries are counted for the user, not for the sign-in, so starting
/// again gains nothing (PROTO-523).
class VerifyTotp {
public:
    explicit VerifyTotp(Ports& ports) : ports_(ports) {}

    /// Against every app the user has registered. Errors: unavailable.
    Result<CodeOutcome> operator()(TenantId tenant, const Account& account, std::string_view typed, Instant now);
    /// The same without counting: the caller has counted the try already. Nothing when no app shows this code. Errors: unavailable.
    Result<std::optional<TotpStepUsed>> matching(TenantId tenant, const Account& account, std::string_view typed, Instant now);
    /// Against a seed that is being registered (PROTO-525); the step it was given for, or nothing.
    Result<std::optional<std::int64_t>> proves(TenantId tenant, UserId user, const Secret& seed, std::string_view typed, Instant now);

private:
    credentials::TotpHmac hmac() const;
    Ports& ports_;
};

/// Where the seed of a method is sealed.
SealContext seed_context(TenantId tenant, std::string_view method);

}  // namespace portcullis::app
