#include "app/external_methods.h"

#include <algorithm>

#include "app/live_session.h"
#include "core/credentials/external_answer.h"
#include "core/credentials/method_roles.h"
#include "core/oidc/authentication.h"

namespace portcullis::app {
namespace {

using identity::ExternalMethod;
using identity::Factor;

bool is_enforced(const ExternalMethod& method) { return method.behavior == identity::FederatedIdpMfaBehavior::enforceMfaByFederatedIdp; }

std::vector<const ExternalMethod*> open_to(const TenantSnapshot& tenant, const Account& account) {
    std::vector<const ExternalMethod*> open;
    for (const auto& method : tenant.external_methods) {
        if (credentials::is_for(method, {account.user.id, account.groups})) open.push_back(&method);
    }
    return open;
}

bool is_by_one_of(const Factor& factor, std::span<const ExternalMethod* const> methods) {
    return factor.provider && std::ranges::any_of(methods, [&](const auto* method) { return method->id == *factor.provider; });
}

/// The proofs that count as MFA for this person now.
class Counting {
public:
    Counting(const TenantSnapshot& tenant, const Account& account)
        : offered_(offered_external(tenant, account)), enforced_(std::ranges::any_of(offered_, [](const auto* method) { return is_enforced(*method); })) {}

    [[nodiscard]] bool is_external_alone() const { return enforced_; }

    [[nodiscard]] bool operator()(const Factor& factor) const {
        if (factor.method == AuthMethod::externalMethod) return is_by_one_of(factor, offered_);
        return !enforced_ && oidc::makes_mfa(factor);
    }

private:
    std::vector<const ExternalMethod*> offered_;
    bool enforced_;
};

}  // namespace

std::vector<const ExternalMethod*> offered_external(const TenantSnapshot& tenant, const Account& account) {
    auto open = open_to(tenant, account);
    if (std::ranges::any_of(open, [](const auto* method) { return is_enforced(*method); })) {
        std::erase_if(open, [](const auto* method) { return !is_enforced(*method); });
    }
    return open;
}

bool is_external_enforced(const TenantSnapshot& tenant, const Account& account) {
    return std::ranges::any_of(open_to(tenant, account), [](const auto* method) { return is_enforced(*method); });
}

bool has_mfa(const TenantSnapshot& tenant, const Account& account) {
    return credentials::has_second_factor(account.methods) || !open_to(tenant, account).empty();
}

std::optional<Instant> counting_mfa_at(const TenantSnapshot& tenant, const Account& account, std::span<const Factor> factors,
                                       std::optional<Instant> mfa_at) {
    if (!mfa_at || tenant.external_methods.empty()) {
        // Of a method that was deleted nothing is left to ask; what it proved counts for nothing.
        const bool is_by_external = mfa_at && std::ranges::any_of(factors, [&](const Factor& f) { return f.method == AuthMethod::externalMethod && f.at == *mfa_at; });
        if (!is_by_external) return mfa_at;
    }
    const Counting counts(tenant, account);
    const bool is_void = counts.is_external_alone() ||
                         std::ranges::any_of(factors, [&](const Factor& f) { return f.method == AuthMethod::externalMethod && f.at == *mfa_at && !counts(f); });
    if (!is_void) return mfa_at;
    std::optional<Instant> newest;
    for (const auto& factor : factors) {
        if (factor.at <= *mfa_at && counts(factor) && (!newest || factor.at > *newest)) newest = factor.at;
    }
    return newest;
}

Acr counting_acr(const TenantSnapshot& tenant, const Account& account, std::span<const Factor> factors) {
    const Counting counts(tenant, account);
    std::vector<Factor> left(factors.begin(), factors.end());
    std::erase_if(left, [&](const Factor& f) { return is_gone(f, account) || (f.method == AuthMethod::externalMethod && !counts(f)); });
    const auto level  = oidc::acr_of(left);
    const bool is_mfa = !counts.is_external_alone() || std::ranges::any_of(left, counts);
    return is_mfa ? level : std::min(level, Acr::oneFactor);
}

identity::Session with_counting_mfa(const TenantSnapshot& tenant, const Account& account, identity::Session session) {
    const auto counting = counting_mfa_at(tenant, account, session.factors, session.mfa_time);
    const Counting counts(tenant, account);
    std::erase_if(session.factors, [&](const Factor& f) { return f.method == AuthMethod::externalMethod && !counts(f); });
    if (counting == session.mfa_time) return session;
    session.mfa_time = counting;
    session.closed_detections.clear();  // what that MFA closed counts again when it is seen again
    return session;
}

}  // namespace portcullis::app
