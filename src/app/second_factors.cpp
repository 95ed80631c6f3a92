#include "app/second_factors.h"

#include <algorithm>

#include "app/verify_passkey.h"

namespace portcullis::app {
namespace {

bool is_code(const identity::AuthenticationMethod& method) { return method.kind == AuthMethod::softwareOath; }

}  // namespace

std::vector<SecondFactor> second_factors(const TenantSnapshot& tenant, const Account& account) {
    const bool has_passkey = !usable_passkeys(tenant, account).empty();
    const bool has_code    = std::ranges::any_of(account.methods, is_code);
    const bool code_first  = std::ranges::any_of(account.methods, [](const auto& m) { return m.is_default && is_code(m); });
    std::vector<SecondFactor> factors;
    if (has_passkey) factors.push_back(SecondFactor::passkey);
    if (has_code) factors.insert(code_first ? factors.begin() : factors.end(), SecondFactor::code);
    return factors;
}

}  // namespace portcullis::app
