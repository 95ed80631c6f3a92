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
    AuthMethod kind = AuthMethod::softwareOath;  // of what showed it: an app or a hardware token
};
/// `alarming`: wrong, and so many in a row that the owner is to be told (credentials.md §13).
enum class CodeRefusal { wrong, alarming, paused };
using CodeOutcome = std::variant<CodeAccepted, CodeRefusal>;

/// What the code of a hardware token says: its step, and how far its clock is ahead.
struct TokenProof {
    std::int64_t step = 0;
    int drift         = 0;
};
using TokenOutcome = std::variant<TokenProof, CodeRefusal>;

/// One-time codes of registered authenticator apps and activated hardware tokens. Tries are counted for the user, not for the
/// sign-in, so starting again gains nothing (PROTO-523). How far a clock may be away the tenant says (PROTO-527).
class VerifyTotp {
public:
    explicit VerifyTotp(Ports& ports) : ports_(ports) {}

    /// Against every app and token the user has registered and the tenant lets them use. Errors: unavailable.
    Result<CodeOutcome> operator()(const TenantSnapshot& tenant, const Account& account, std::string_view typed, Instant now);
    /// The same without counting: the caller has counted the try already. Nothing when none of them shows this code. Errors: unavailable.
    Result<std::optional<CodeAccepted>> matching(const TenantSnapshot& tenant, const Account& account, std::string_view typed, Instant now);
    /// Against a seed that is being registered (PROTO-525); the step it was given for, or nothing.
    Result<std::optional<std::int64_t>> proves(const TenantSnapshot& tenant, UserId user, const Secret& seed, std::string_view typed, Instant now);
    /// Against a token that `user` activates. Counted by itself: a seed of one's own that is proven forgives no guess at a token.
    /// Errors: unavailable.
    Result<TokenOutcome> activates(const TenantSnapshot& tenant, UserId user, const identity::HardwareToken& token,
                                                std::string_view typed, Instant now);

private:
    Result<credentials::TotpOutcome> shown_by(const TenantSnapshot& tenant, const identity::AuthenticationMethod& method, std::string_view typed,
                                              Instant now);
    credentials::TotpHmac hmac() const;
    Ports& ports_;
};

/// Where the seed of a method is sealed.
SealContext seed_context(TenantId tenant, std::string_view method);
/// Where the seed of a hardware token is sealed.
SealContext token_context(TenantId tenant, std::string_view token);

}  // namespace portcullis::app
