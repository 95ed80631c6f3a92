#include "app/second_factors.h"

#include <algorithm>

#include "app/external_methods.h"
#include "app/verify_access_pass.h"
#include "app/verify_passkey.h"
#include "core/credentials/method_roles.h"

namespace portcullis::app {
namespace {

bool is_push(const identity::AuthenticationMethod& method) { return method.kind == AuthMethod::push; }

bool may_push(const TenantSnapshot& tenant, const Account& account) {
    return credentials::has_second_factor(allowed_methods(tenant, account)) && is_allowed(tenant, account, AuthMethod::push);
}

/// A model that only its own passkey claims is not known.
std::string known_model(const identity::AuthenticationMethod& method) {
    return method.passkey && method.passkey->is_attested ? method.passkey->aaguid : std::string();
}

}  // namespace

std::vector<SecondFactor> second_factors(const TenantSnapshot& tenant, const Account& account, Instant now) {
    const bool is_external = !offered_external(tenant, account).empty();
    if (is_external && is_external_enforced(tenant, account)) return {SecondFactor::external};
    const bool has_passkey = !usable_passkeys(tenant, account).empty();
    const auto shows_codes = [&](const auto& m) { return is_code(m) && is_allowed(tenant, account, m.kind); };
    const bool has_code    = std::ranges::any_of(account.methods, shows_codes);
    const bool code_first  = std::ranges::any_of(account.methods, [](const auto& m) { return m.is_default && is_code(m); });
    std::vector<SecondFactor> factors;
    if (has_passkey) factors.push_back(SecondFactor::passkey);
    if (is_external) factors.push_back(SecondFactor::external);
    if (may_push(tenant, account) && std::ranges::any_of(account.methods, is_push)) factors.push_back(SecondFactor::push);
    if (has_code) factors.insert(code_first ? factors.begin() : factors.end(), SecondFactor::code);
    if (usable_pass(tenant, account, now)) factors.insert(factors.begin(), SecondFactor::accessPass);
    return factors;
}

bool has_only_pass(const TenantSnapshot& tenant, const Account& account, Instant now) {
    return second_factors(tenant, account, now) == std::vector{SecondFactor::accessPass};
}

bool is_code(const identity::AuthenticationMethod& method) {
    return method.kind == AuthMethod::softwareOath || (method.kind == AuthMethod::hardwareOath && method.token);
}

bool is_allowed(const TenantSnapshot& tenant, const Account& account, AuthMethod method) {
    return tenant.methods.allows(method, {account.user.id, account.groups});
}

std::vector<identity::AuthenticationMethod> allowed_methods(const TenantSnapshot& tenant, const Account& account) {
    std::vector<identity::AuthenticationMethod> methods;
    for (const auto& method : account.methods) {
        if (is_allowed(tenant, account, method.kind)) methods.push_back(method);
    }
    return methods;
}

std::vector<controls::Offered> offered_methods(const TenantSnapshot& tenant, const Account& account, Instant now) {
    std::vector<controls::Offered> external;
    for (const auto* method : offered_external(tenant, account)) external.push_back({AuthMethod::externalMethod, method->id, {}});
    if (!external.empty() && is_external_enforced(tenant, account)) return external;
    std::vector<controls::Offered> offered;
    for (const auto* method : usable_passkeys(tenant, account)) offered.push_back({method->kind, method->id, known_model(*method)});
    offered.insert(offered.end(), external.begin(), external.end());
    for (const auto& method : account.methods) {
        if (is_code(method) && is_allowed(tenant, account, method.kind)) offered.push_back({method.kind, method.id, {}});
    }
    for (const auto& method : account.methods) {
        if (is_push(method) && may_push(tenant, account)) offered.push_back({method.kind, method.id, {}});
    }
    if (usable_pass(tenant, account, now)) offered.push_back({AuthMethod::temporaryAccessPass, MethodId{}, {}});  // it is no method of theirs
    return offered;
}

std::vector<MethodId> own_proofs(const TenantSnapshot& tenant, const Account& account, Instant now) {
    std::vector<MethodId> own;
    for (const auto& method : offered_methods(tenant, account, now)) {
        if (method.kind != AuthMethod::push) own.push_back(method.method);
    }
    return own;
}

std::vector<policy::Proven> proofs_of(std::span<const identity::Factor> factors, const Account& account) {
    std::vector<policy::Proven> proofs;
    for (const auto& factor : factors) {
        policy::Proven proof{factor.method, factor.at, {}};
        if (factor.registered) {
            const auto used = std::ranges::find(account.methods, *factor.registered, &identity::AuthenticationMethod::id);
            if (used == account.methods.end()) continue;  // what was taken away vouches for nobody any more
            proof.aaguid = known_model(*used);
        }
        proofs.push_back(std::move(proof));
    }
    return proofs;
}

Account without_methods(Account account, std::span<const MethodId> methods) {
    std::erase_if(account.methods, [&](const auto& m) { return std::ranges::find(methods, m.id) != methods.end(); });
    return account;
}

}  // namespace portcullis::app
