#include "app/own_methods.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/guest_codes.h"
#include "app/notices.h"
#include "app/register_passkey.h"
#include "app/registration_policy.h"
#include "app/reset_flow.h"
#include "core/credentials/method_roles.h"
#include "core/policy/evaluate.h"

namespace portcullis::app {
namespace {

using policy::GrantControl;
using Refused = std::optional<MethodRefusal>;

const identity::AuthenticationMethod* method_of(const Account& account, MethodId id) {
    const auto found = std::ranges::find(account.methods, id, &identity::AuthenticationMethod::id);
    return found == account.methods.end() ? nullptr : &*found;
}

/// "Removing any needs re-authentication with another" (PROTO-505). A proof of before methods were remembered is one of another
/// method when it is of another kind.
bool is_proven_by_another(const Registrant& who, const identity::AuthenticationMethod& method, Instant now) {
    return std::ranges::any_of(who.factors, [&](const identity::Factor& f) {
        const bool is_other = f.registered ? *f.registered != method.id : f.method != method.kind;
        return is_other && now - f.at <= kFreshProof;
    });
}

/// The account without this method, as far as it can still be asked for MFA.
bool leaves_none(const TenantSnapshot& tenant, Registrant who, MethodId method) {
    who.account.access_pass.reset();  // a pass is no registered method
    auto rest = who.account;
    std::erase_if(rest.methods, [&](const auto& m) { return m.id == method; });
    return second_factors(tenant, rest, {}).empty() && !second_factors(tenant, who.account, {}).empty();
}

}  // namespace

Result<std::optional<MethodRefusal>> refusal_at_bar(Ports& ports, const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    const auto bar = TRY(registration_bar(ports, tenant, who, facts));
    if (!bar) return std::optional<MethodRefusal>{};
    return std::optional(*bar == RegistrationBar::atRisk ? MethodRefusal::atRisk : MethodRefusal::policyRefuses);
}

bool needs_a_method(const TenantSnapshot& tenant, const Account& account) {
    if (tenant.compiled.is_emergency(account.user.id)) return false;
    if (tenant.tenant.settings.registration.is_enabled && !is_left_out_of_registration(tenant, account.user.id)) return true;

    const auto decision = policy::evaluate(tenant.compiled, {.user = account.user.id, .user_type = account.user.type, .groups = account.groups, .roles = account.roles});
    for (std::size_t i = 0; i < decision.policies().size(); ++i) {
        const auto& policy = decision.policies()[i];
        if (policy.state != policy::PolicyState::enabled || !policy.grant_controls) continue;
        const auto& controls = policy.grant_controls->controls;
        const bool asks_mfa  = controls.contains(GrantControl::mfa) || controls.contains(GrantControl::authenticationStrength) ||
                               controls.contains(GrantControl::passwordChange) || controls.contains(GrantControl::riskRemediation);
        if (asks_mfa && decision.answer(i).matched.contains(policy::ConditionName::users)) return true;
    }
    return false;
}

Result<Refused> OwnMethods::objection(const TenantSnapshot& tenant, const Registrant& who, MethodId method, const RequestFacts& facts) {
    if (!method_of(who.account, method)) return Refused(MethodRefusal::unknown);
    if (const auto refused = TRY(refusal_at_bar(ports_, tenant, who, facts))) return Refused(*refused);
    if (!is_freshly_proven(who, facts.now)) return Refused(MethodRefusal::notFresh);
    return Refused();
}

Result<Refused> OwnMethods::objection_to_removal(const TenantSnapshot& tenant, const Registrant& who, MethodId id, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, id, facts))) return Refused(*refused);
    const auto& method = *method_of(who.account, id);
    if (is_way_in(tenant, who.account, method)) return Refused(MethodRefusal::lastOne);  // all that a guest signs in with
    if (leaves_none(tenant, who, id) && needs_a_method(tenant, who.account)) return Refused(MethodRefusal::lastOne);
    if (!is_proven_by_another(who, method, facts.now)) return Refused(MethodRefusal::provenByItself);
    return Refused();
}

Result<Refused> OwnMethods::remove(const TenantSnapshot& tenant, const Registrant& who, MethodId id, const RequestFacts& facts) {
    if (const auto refused = TRY(objection_to_removal(tenant, who, id, facts))) return Refused(*refused);
    const auto& method = *method_of(who.account, id);
    // The user's version moves with it: of two methods removed at once the last one stays.
    std::vector<Change> changes{UserChanged{who.account.user}, MethodRemoved{who.account.user.id, id}};
    const Words words{{"method", std::string(to_string(method.kind))}};
    TRY(add_notice(changes, ports_, tenant, who.account.user,
                   {.notice = Notice::methodRemoved, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    TRY(commit(tenant, who, "RemoveMethod", std::move(changes), facts));
    TRY(end_resets(ports_, tenant.tenant.id, who.account.user.id, facts.now));  // what it has proven in one proves nothing any more
    return Refused();
}

Result<Refused> OwnMethods::rename(const TenantSnapshot& tenant, const Registrant& who, MethodId id, std::string_view typed,
                                   const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, id, facts))) return Refused(*refused);
    // A hardware token is called what stands on it: "deletable only" (credentials.md §3.1).
    if (method_of(who.account, id)->kind == AuthMethod::hardwareOath) return Refused(MethodRefusal::unknown);
    auto name = method_name(typed);
    if (name.empty()) return Refused(MethodRefusal::nameMissing);
    if (name == method_of(who.account, id)->display_name) return Refused();
    TRY(commit(tenant, who, "RenameMethod", {MethodRenamed{who.account.user.id, id, std::move(name)}}, facts));
    return Refused();
}

Result<Refused> OwnMethods::make_default(const TenantSnapshot& tenant, const Registrant& who, MethodId id, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, id, facts))) return Refused(*refused);
    const auto& method = *method_of(who.account, id);
    if (!credentials::is_second_factor(method.kind)) return Refused(MethodRefusal::unknown);
    if (method.is_default) return Refused();
    std::vector<Change> changes{DefaultMethodSet{who.account.user.id, id}};
    const Words words{{"method", std::string(to_string(method.kind))}};
    TRY(add_notice(changes, ports_, tenant, who.account.user,
                   {.notice = Notice::defaultMethodChanged, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    TRY(commit(tenant, who, "SetDefaultMethod", std::move(changes), facts));
    return Refused();
}

Result<void> OwnMethods::commit(const TenantSnapshot& tenant, const Registrant& who, std::string_view act, std::vector<Change> changes,
                                const RequestFacts& facts) {
    return commit_own(ports_, tenant.tenant.id, who.account.user.id, std::string(act), std::move(changes), facts);
}

}  // namespace portcullis::app
