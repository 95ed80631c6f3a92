#include "app/recovery_codes.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/second_factors.h"
#include "base/encoding.h"
#include "core/credentials/recovery_code.h"
#include "core/credentials/self_service_reset.h"

namespace portcullis::app {
namespace {

/// The rule of every page that changes how a person signs in.
Result<std::optional<MethodRefusal>> objection(Ports& ports, const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    using Refused = std::optional<MethodRefusal>;
    if (!credentials::resets_here(who.account.user) || !is_allowed(tenant, who.account, AuthMethod::recoveryCode)) return Refused(MethodRefusal::unknown);
    if (!is_freshly_proven(who, facts.now) || !is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    return refusal_at_bar(ports, tenant, who, facts);
}

/// One hash a try, whoever it is.
Result<bool> is_right(Ports& ports, const StoredRecoveryCode* stored, const Secret& secret) {
    if (!stored) {
        TRY(ports.hasher.verify_decoy(secret));
        return false;
    }
    return TRY(ports.hasher.verify(secret, stored->phc)).matches;
}

}  // namespace

Result<RecoveryCodesOutcome> RecoveryCodes::make(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(ports_, tenant, who, facts))) return RecoveryCodesOutcome{*refused};
    std::vector<Secret> codes;
    std::vector<std::string> phcs;
    for (int number = 0; number < credentials::kRecoveryCodes; ++number) {
        const credentials::RecoveryCode code{.number = number, .secret = base32(ports_.random.bytes(credentials::kRecoveryCodeBytes))};
        phcs.push_back(TRY(ports_.hasher.hash(Secret(code.secret))));
        codes.emplace_back(credentials::to_text(code));
    }
    auto changes = TRY(changes_of(tenant, who, std::move(phcs), facts));
    TRY(commit_own(ports_, tenant.tenant.id, who.account.user.id, "MakeRecoveryCodes", std::move(changes), facts));
    return RecoveryCodesOutcome{std::move(codes)};
}

Result<std::vector<Change>> RecoveryCodes::changes_of(const TenantSnapshot& tenant, const Registrant& who, std::vector<std::string> phcs,
                                                      const RequestFacts& facts) {
    const auto& user = who.account.user;
    identity::AuthenticationMethod set{.id           = ports_.random.new_id<MethodId>(facts.now),
                                       .user         = user.id,
                                       .kind         = AuthMethod::recoveryCode,
                                       .display_name = "Recovery codes",
                                       .created_at   = facts.now};
    // The user's version moves with it, so that there is one set when two are made at once.
    std::vector<Change> changes{UserChanged{user}};
    for (const auto& old : who.account.methods) {
        if (old.kind == AuthMethod::recoveryCode) changes.push_back(MethodRemoved{user.id, old.id});
    }
    const auto id = set.id;
    if (const auto ready = became_ready_to_reset(tenant, who.account, set, facts.now)) changes.push_back(*ready);
    changes.push_back(MethodRegistered{std::move(set)});
    changes.push_back(RecoveryCodesMade{user.id, id, std::move(phcs)});
    const Told told{.notice = Notice::recoveryCodesMade, .at = facts.now, .from = &facts, .words = {}, .other_addresses = {}};
    TRY(add_notice(changes, ports_, tenant, user, told));
    return changes;
}

Result<std::optional<RecoveryCodeUsed>> RecoveryCodes::matching(TenantId tenant, const std::optional<UserId>& user, std::string_view typed) {
    const auto code   = credentials::parse_recovery_code(typed);
    const auto stored = TRY(ports_.directory.recovery_codes(tenant, user.value_or(UserId{})));
    const auto found  = std::ranges::find_if(stored, [&](const StoredRecoveryCode& c) { return code && c.number == code->number; });
    const auto* which = user && found != stored.end() ? &*found : nullptr;
    if (!TRY(is_right(ports_, which, Secret(code ? code->secret : "-")))) return std::optional<RecoveryCodeUsed>{};
    return std::optional(RecoveryCodeUsed{*user, which->method, which->number});
}

}  // namespace portcullis::app
