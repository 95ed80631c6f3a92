#include "app/verify_totp.h"

#include <algorithm>

#include "app/second_factors.h"
#include "app/tries.h"

namespace portcullis::app {
namespace {

using credentials::TotpAlgorithm;
using credentials::TotpParameters;
using credentials::TotpWindow;

TotpWindow window_of(const TenantSnapshot& tenant) {
    return tenant.tenant.settings.codes.window == identity::CodeWindow::strict ? TotpWindow::strict : TotpWindow::standard;
}

TotpParameters parameters_of(const identity::HardwareToken& token) {
    TotpParameters parameters{.period = token.interval};
    switch (token.hash) {
        case identity::HashFunction::hmacsha1:   parameters.algorithm = TotpAlgorithm::sha1; break;
        case identity::HashFunction::hmacsha256: parameters.algorithm = TotpAlgorithm::sha256; break;
        case identity::HashFunction::hmacsha512: parameters.algorithm = TotpAlgorithm::sha512; break;
    }
    return parameters;
}

}  // namespace

SealContext seed_context(TenantId tenant, std::string_view method) {
    return {.tenant = tenant, .table = "authentication_methods", .row = method, .column = "sealed_secret"};
}

SealContext token_context(TenantId tenant, std::string_view token) {
    return {.tenant = tenant, .table = "hardware_tokens", .row = token, .column = "sealed_secret"};
}

credentials::TotpHmac VerifyTotp::hmac() const {
    return [this](TotpAlgorithm algorithm, std::string_view key, std::string_view message) {
        switch (algorithm) {
            case TotpAlgorithm::sha1:   return ports_.digests.hmac_sha1(key, message);
            case TotpAlgorithm::sha256: return ports_.digests.hmac_sha256(key, message);
            case TotpAlgorithm::sha512: return ports_.digests.hmac_sha512(key, message);
        }
        return std::string();
    };
}

Result<CodeOutcome> VerifyTotp::operator()(const TenantSnapshot& tenant, const Account& account, std::string_view typed, Instant now) {
    const auto user = account.user.id;
    Tries tries(ports_, tenant.tenant.id, FlowKind::factorTries, to_string(user) + "|totp");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return CodeOutcome{CodeRefusal::paused};
    const auto accepted = TRY(matching(tenant, account, typed, now));
    if (!accepted) return CodeOutcome{tries.in_row() == credentials::kFactorAlertFailures ? CodeRefusal::alarming : CodeRefusal::wrong};
    TRY(tries.succeeded());
    return CodeOutcome{*accepted};
}

Result<std::optional<CodeAccepted>> VerifyTotp::matching(const TenantSnapshot& tenant, const Account& account, std::string_view typed, Instant now) {
    for (const auto& method : account.methods) {
        if (!is_code(method) || !is_allowed(tenant, account, method.kind)) continue;
        const auto outcome   = TRY(shown_by(tenant, method, typed, now));
        const auto* accepted = std::get_if<credentials::TotpAccepted>(&outcome);
        if (!accepted) continue;
        TotpStepUsed spent{.user = account.user.id, .method = method.id, .step = accepted->step};
        if (method.token) spent.drift = credentials::learned_drift(parameters_of(*method.token), accepted->step, now);
        // In the strict window a clock teaches nothing: only one step of it is ever looked at.
        if (method.token && window_of(tenant) == TotpWindow::strict) spent.drift = method.token->drift;
        return std::optional(CodeAccepted{spent, method.kind});
    }
    return std::optional<CodeAccepted>{};
}

Result<credentials::TotpOutcome> VerifyTotp::shown_by(const TenantSnapshot& tenant, const identity::AuthenticationMethod& method,
                                                      std::string_view typed, Instant now) {
    const auto id = tenant.tenant.id;
    credentials::TotpTry attempt{.typed = typed, .now = now, .last_accepted_step = method.last_used_step, .window = window_of(tenant)};
    if (!method.token) {
        const auto seed = TRY(ports_.sealer.open(method.sealed_secret, seed_context(id, to_string(method.id))));
        return credentials::verify_totp({}, seed, attempt, hmac());
    }
    const auto& token          = *method.token;
    attempt.last_accepted_step = std::max(attempt.last_accepted_step, token.last_used_step);
    attempt.drift              = token.drift;
    const auto seed = TRY(ports_.sealer.open(token.sealed_secret, token_context(id, to_string(token.id))));
    return credentials::verify_totp(parameters_of(token), seed, attempt, hmac());
}

Result<std::optional<std::int64_t>> VerifyTotp::proves(const TenantSnapshot& tenant, UserId user, const Secret& seed, std::string_view typed,
                                                       Instant now) {
    Tries tries(ports_, tenant.tenant.id, FlowKind::factorTries, to_string(user) + "|registration");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return std::optional<std::int64_t>{};
    const auto outcome = credentials::verify_totp({}, seed, {.typed = typed, .now = now, .window = window_of(tenant)}, hmac());
    if (const auto* accepted = std::get_if<credentials::TotpAccepted>(&outcome)) {
        TRY(tries.succeeded());
        return std::optional(accepted->step);
    }
    return std::optional<std::int64_t>{};
}

Result<TokenOutcome> VerifyTotp::activates(const TenantSnapshot& tenant, UserId user, const identity::HardwareToken& token,
                                           std::string_view typed, Instant now) {
    Tries tries(ports_, tenant.tenant.id, FlowKind::factorTries, to_string(user) + "|token");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return TokenOutcome{CodeRefusal::paused};
    const bool is_strict  = window_of(tenant) == TotpWindow::strict;
    const auto parameters = parameters_of(token);
    const auto seed       = TRY(ports_.sealer.open(token.sealed_secret, token_context(tenant.tenant.id, to_string(token.id))));
    // Nobody knows yet how its clock goes; what it was for somebody else may have changed.
    const auto outcome = credentials::verify_totp(parameters, seed,
                                                  {.typed              = typed,
                                                   .now                = now,
                                                   .last_accepted_step = token.last_used_step,
                                                   .window             = is_strict ? TotpWindow::strict : TotpWindow::learning},
                                                  hmac());
    const auto* accepted = std::get_if<credentials::TotpAccepted>(&outcome);
    if (!accepted) return TokenOutcome{tries.in_row() == credentials::kFactorAlertFailures ? CodeRefusal::alarming : CodeRefusal::wrong};
    TRY(tries.succeeded());
    return TokenOutcome{TokenProof{accepted->step, credentials::learned_drift(parameters, accepted->step, now)}};
}

}  // namespace portcullis::app
