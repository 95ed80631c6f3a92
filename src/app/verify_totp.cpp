#include "app/verify_totp.h"

#include "app/tries.h"

namespace portcullis::app {

SealContext seed_context(TenantId tenant, std::string_view method) {
    return {.tenant = tenant, .table = "authentication_methods", .row = method, .column = "sealed_secret"};
}

credentials::TotpHmac VerifyTotp::hmac() const {
    return [this](credentials::TotpAlgorithm algorithm, std::string_view key, std::string_view message) {
        switch (algorithm) {
            case credentials::TotpAlgorithm::sha1:   return ports_.digests.hmac_sha1(key, message);
            case credentials::TotpAlgorithm::sha256: return ports_.digests.hmac_sha256(key, message);
            case credentials::TotpAlgorithm::sha512: return ports_.digests.hmac_sha512(key, message);
        }
        return std::string();
    };
}

Result<CodeOutcome> VerifyTotp::operator()(TenantId tenant, const Account& account, std::string_view typed, Instant now) {
    const auto user = account.user.id;
    Tries tries(ports_, tenant, FlowKind::factorTries, to_string(user) + "|totp");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return CodeOutcome{CodeRefusal::paused};
    const auto spent = TRY(matching(tenant, account, typed, now));
    if (!spent) return CodeOutcome{CodeRefusal::wrong};
    TRY(tries.succeeded());
    return CodeOutcome{CodeAccepted{*spent}};
}

Result<std::optional<TotpStepUsed>> VerifyTotp::matching(TenantId tenant, const Account& account, std::string_view typed, Instant now) {
    for (const auto& method : account.methods) {
        if (method.kind != AuthMethod::softwareOath) continue;
        const auto seed    = TRY(ports_.sealer.open(method.sealed_secret, seed_context(tenant, to_string(method.id))));
        const auto outcome = credentials::verify_totp({}, seed, {.typed = typed, .now = now, .last_accepted_step = method.last_used_step}, hmac());
        if (const auto* accepted = std::get_if<credentials::TotpAccepted>(&outcome)) {
            return std::optional(TotpStepUsed{account.user.id, method.id, accepted->step});
        }
    }
    return std::optional<TotpStepUsed>{};
}

Result<std::optional<std::int64_t>> VerifyTotp::proves(TenantId tenant, UserId user, const Secret& seed, std::string_view typed,
                                                       Instant now) {
    Tries tries(ports_, tenant, FlowKind::factorTries, to_string(user) + "|registration");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return std::optional<std::int64_t>{};
    const auto outcome = credentials::verify_totp({}, seed, {.typed = typed, .now = now}, hmac());
    if (const auto* accepted = std::get_if<credentials::TotpAccepted>(&outcome)) {
        TRY(tries.succeeded());
        return std::optional(accepted->step);
    }
    return std::optional<std::int64_t>{};
}

}  // namespace portcullis::app
