#include "app/second_factors.h"

#include <algorithm>

#include "app/verify_access_pass.h"
#include "app/verify_passkey.h"

namespace portcullis::app {
namespace {

bool is_code(const identity::AuthenticationMethod& method) { return method.kind == AuthMethod::softwareOath; }

}  // namespace

std::vector<SecondFactor> second_factors(const TenantSnapshot& tenant, const Account& account, Instant now) {
    const bool has_passkey = !usable_passkeys(tenant, account).empty();
    const bool has_code    = is_allowed(tenant, account, AuthMethod::softwareOath) && std::ranges::any_of(account.methods, is_code);
    const bool code_first  = std::ranges::any_of(account.methods, [](const auto& m) { return m.is_default && is_code(m); });
    std::vector<SecondFactor> factors;
    if (has_passkey) factors.push_back(SecondFactor::passkey);
    if (has_code) factors.insert(code_first ? factors.begin() : factors.end(), SecondFactor::code);
    if (usable_pass(tenant, account, now)) factors.insert(factors.begin(), SecondFactor::accessPass);
    return factors;
}

bool has_only_pass(const TenantSnapshot& tenant, const Account& account, Instant now) {
    return second_factors(tenant, account, now) == std::vector{SecondFactor::accessPass};
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

}  // namespace portcullis::app
