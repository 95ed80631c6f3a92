#include "app/contact_proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/tries.h"
#include "base/encoding.h"

namespace portcullis::app {
namespace {

using Outcome = std::variant<std::string, MethodRefusal>;

/// Whose a waiting value is, for its seal.
SealContext waiting(TenantId tenant, const std::string& key) { return {.tenant = tenant, .table = "flows", .row = key, .column = "contact"}; }

}  // namespace

std::string ContactProof::digest_of(const Registrant& who, std::string_view code) const {
    return reference_digest(ports_, fmt::format("contact|{}|{}|{}", kind_, who.ceremony, code));
}

std::string ContactProof::key_of(const Registrant& who) const { return fmt::format("{}|{}|{}", to_string(who.account.user.id), who.ceremony, kind_); }

Result<void> ContactProof::await(TenantId tenant, const Registrant& who, std::string_view value, const Secret& code, Instant expires_at) {
    const auto key    = key_of(who);
    const auto sealed = TRY(ports_.sealer.seal(Secret(fmt::format("{} {}", digest_of(who, code.reveal()), value)), waiting(tenant, key)));
    return ports_.flows.put(tenant, FlowKind::contactRegistration, key, sealed, expires_at);
}

Result<Outcome> ContactProof::prove(TenantId tenant, const Registrant& who, std::string_view typed, Instant now) {
    const auto key   = key_of(who);
    const auto entry = TRY(ports_.flows.find(tenant, FlowKind::contactRegistration, key, now));
    if (!entry) return Outcome{MethodRefusal::over};
    Tries tries(ports_, tenant, FlowKind::factorTries, to_string(who.account.user.id) + "|" + kind_);
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = now}))) return Outcome{MethodRefusal::codePaused};

    std::string code(typed.substr(0, 64));
    std::erase(code, ' ');
    const auto waits = TRY(ports_.sealer.open(entry->value, waiting(tenant, key)));
    const auto space = waits.reveal().find(' ');
    if (space == std::string_view::npos) return Outcome{MethodRefusal::over};
    if (!equal_constant_time(waits.reveal().substr(0, space), digest_of(who, code))) return Outcome{MethodRefusal::codeWrong};
    std::string value(waits.reveal().substr(space + 1));
    // Of two forms at once one registers.
    if (!TRY(ports_.flows.take(tenant, FlowKind::contactRegistration, key, now))) return Outcome{MethodRefusal::over};
    TRY(tries.succeeded());
    return Outcome{std::move(value)};
}

}  // namespace portcullis::app
