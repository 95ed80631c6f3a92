#include "app/add_totp.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/notices.h"
#include "app/register_passkey.h"
#include "app/reset_facts.h"
#include "app/second_factors.h"

namespace portcullis::app {
namespace {

using Refused = std::optional<MethodRefusal>;

/// A seed that nobody proved is forgotten after this long, as a sign-in's is.
constexpr Duration kSeedWaits = std::chrono::minutes{10};

/// Of one person: a sign-in may become somebody else's.
std::string key_of(const Registrant& who) { return to_string(who.account.user.id) + "|" + who.ceremony; }
/// Whose a waiting seed is, for its seal.
std::string waiting(const Registrant& who) { return "waiting|" + key_of(who); }

}  // namespace

bool may_add_totp(const TenantSnapshot& tenant, const Account& account) {
    return is_allowed(tenant, account, AuthMethod::softwareOath) && oath_count(account) < kTotpMax;
}

int oath_count(const Account& account) {
    return static_cast<int>(std::ranges::count_if(
        account.methods, [](const auto& m) { return m.kind == AuthMethod::softwareOath || m.kind == AuthMethod::hardwareOath; }));
}

Result<Refused> AddTotp::objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (!may_add_totp(tenant, who.account)) return Refused(MethodRefusal::tooMany);
    if (!is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    return refusal_at_bar(ports_, tenant, who, facts);
}

Result<TotpSeedOutcome> AddTotp::begin(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    if (const auto refused = TRY(objection(tenant, who, facts))) return TotpSeedOutcome{*refused};
    if (!is_freshly_proven(who, facts.now)) return TotpSeedOutcome{MethodRefusal::notFresh};
    if (const auto entry = TRY(ports_.flows.find(id, FlowKind::totpRegistration, key_of(who), facts.now))) {
        auto seed = TRY(ports_.sealer.open(entry->value, seed_context(id, waiting(who))));
        return TotpSeedOutcome{std::move(seed)};
    }
    Secret seed(ports_.random.bytes(credentials::kTotpSeedBytes));
    const auto sealed = TRY(ports_.sealer.seal(seed, seed_context(id, waiting(who))));
    TRY(ports_.flows.put(id, FlowKind::totpRegistration, key_of(who), sealed, facts.now + kSeedWaits));
    return TotpSeedOutcome{std::move(seed)};
}

Result<Refused> AddTotp::finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, std::string_view typed_name,
                                const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    const auto entry = TRY(ports_.flows.find(id, FlowKind::totpRegistration, key_of(who), facts.now));
    if (!entry) return Refused(MethodRefusal::over);
    const auto seed = TRY(ports_.sealer.open(entry->value, seed_context(id, waiting(who))));
    const auto step = TRY(verify_totp_.proves(tenant, who.account.user.id, seed, code, facts.now));
    if (!step) return Refused(MethodRefusal::codeWrong);
    // Of two forms at once one registers.
    if (!TRY(ports_.flows.take(id, FlowKind::totpRegistration, key_of(who), facts.now))) return Refused(MethodRefusal::over);

    const auto name = method_name(typed_name);
    identity::AuthenticationMethod method{.id             = ports_.random.new_id<MethodId>(facts.now),
                                          .user           = who.account.user.id,
                                          .kind           = AuthMethod::softwareOath,
                                          .display_name   = name.empty() ? "Authenticator app" : name,
                                          .last_used_step = *step,
                                          .created_at     = facts.now};
    method.sealed_secret = TRY(ports_.sealer.seal(seed, seed_context(id, to_string(method.id))));
    TRY(store(tenant, who, std::move(method), facts));
    return Refused();
}

Result<void> AddTotp::store(const TenantSnapshot& tenant, const Registrant& who, identity::AuthenticationMethod method, const RequestFacts& facts) {
    const auto& user = who.account.user;
    const Words words{{"method", std::string(to_string(method.kind))}};
    // The user's version moves with it, so that the limit is exact when two are registered at once.
    const auto ready = became_ready_to_reset(tenant, who.account, method, facts.now);
    std::vector<Change> changes{UserChanged{user}, MethodRegistered{std::move(method)}};
    if (ready) changes.push_back(*ready);
    TRY(add_notice(changes, ports_, tenant, user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    return commit_own(ports_, tenant.tenant.id, user.id, "AddTotp", std::move(changes), facts);
}

}  // namespace portcullis::app
