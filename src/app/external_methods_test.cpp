#include "app/external_methods.h"

#include <catch2/catch.hpp>

#include "app/second_factors.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using identity::Factor;
using identity::FederatedIdpMfaBehavior;

const Instant kThen{std::chrono::hours{1000}};
const MethodId kProvider{9, 1}, kOther{9, 2}, kApp{5, 1};

identity::ExternalMethod method(MethodId id, FederatedIdpMfaBehavior behavior) { return {.id = id, .is_enabled = true, .behavior = behavior}; }

Account somebody() {
    Account account;
    account.user.id = UserId{1, 1};
    return account;
}

Account with_app() {
    auto account = somebody();
    account.methods.push_back({.id = kApp, .user = account.user.id, .kind = AuthMethod::softwareOath});
    return account;
}

TenantSnapshot tenant_with(std::vector<identity::ExternalMethod> methods) {
    TenantSnapshot tenant;
    tenant.external_methods = std::move(methods);
    return tenant;
}

Factor by_provider(MethodId provider, Instant at) {
    Factor factor{AuthMethod::externalMethod, at};
    factor.provider = provider;
    return factor;
}

constexpr auto kAccept = FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp, kEnforce = FederatedIdpMfaBehavior::enforceMfaByFederatedIdp,
               kReject = FederatedIdpMfaBehavior::rejectMfaByFederatedIdp;

TEST_CASE("IDP-138 accept stands beside the others, before a code; enforce stands alone; reject stands nowhere", "[external]") {
    using enum SecondFactor;
    CHECK(second_factors(tenant_with({}), with_app(), kThen) == std::vector{code});
    CHECK(second_factors(tenant_with({method(kProvider, kAccept)}), with_app(), kThen) == std::vector{external, code});
    CHECK(second_factors(tenant_with({method(kProvider, kAccept)}), somebody(), kThen) == std::vector{external});
    CHECK(second_factors(tenant_with({method(kProvider, kEnforce)}), with_app(), kThen) == std::vector{external});
    CHECK(second_factors(tenant_with({method(kProvider, kReject)}), with_app(), kThen) == std::vector{code});
    auto preferred                          = with_app();
    preferred.methods.front().is_default = true;
    CHECK(second_factors(tenant_with({method(kProvider, kAccept)}), preferred, kThen) == std::vector{code, external});
}

TEST_CASE("IDP-138 of several methods the enforced ones are the only ones", "[external]") {
    const auto tenant  = tenant_with({method(kProvider, kAccept), method(kOther, kEnforce)});
    const auto offered = offered_external(tenant, somebody());
    REQUIRE(offered.size() == 1);
    CHECK(offered.front()->id == kOther);
    CHECK(is_external_enforced(tenant, somebody()));
    CHECK(has_mfa(tenant, somebody()));
    CHECK_FALSE(has_mfa(tenant_with({method(kProvider, kReject)}), somebody()));
}

TEST_CASE("IDP-138 attack: what a provider proved counts only while its word does", "[external]") {
    const std::vector<Factor> factors{{AuthMethod::password, kThen}, by_provider(kProvider, kThen + 1min)};
    const auto at = std::optional(kThen + 1min);
    CHECK(counting_mfa_at(tenant_with({method(kProvider, kAccept)}), somebody(), factors, at) == at);
    CHECK(counting_mfa_at(tenant_with({method(kProvider, kEnforce)}), somebody(), factors, at) == at);
    CHECK_FALSE(counting_mfa_at(tenant_with({method(kProvider, kReject)}), somebody(), factors, at));
    CHECK_FALSE(counting_mfa_at(tenant_with({method(kOther, kAccept)}), somebody(), factors, at));
    CHECK_FALSE(counting_mfa_at(tenant_with({}), somebody(), factors, at));
    CHECK_FALSE(counting_mfa_at(tenant_with({method(kProvider, kAccept)}), somebody(), factors, std::nullopt));
}

TEST_CASE("IDP-138 attack: where one is enforced no other method is MFA, whenever it was given", "[external]") {
    const auto tenant = tenant_with({method(kProvider, kEnforce)});
    const std::vector<Factor> own{{AuthMethod::password, kThen}, {AuthMethod::softwareOath, kThen + 1min, kApp}};
    CHECK_FALSE(counting_mfa_at(tenant, with_app(), own, kThen + 1min));
    const std::vector<Factor> passkey{{AuthMethod::passkeyHardware, kThen}};
    CHECK_FALSE(counting_mfa_at(tenant, with_app(), passkey, kThen));
    const std::vector<Factor> both{{AuthMethod::password, kThen}, by_provider(kProvider, kThen + 1min), {AuthMethod::softwareOath, kThen + 2min, kApp}};
    CHECK(counting_mfa_at(tenant, with_app(), both, kThen + 2min) == kThen + 1min);
}

TEST_CASE("IDP-138 a session without the provider's proof keeps what else it has", "[external]") {
    identity::Session session{.factors = {{AuthMethod::password, kThen}, {AuthMethod::softwareOath, kThen + 1min, kApp}, by_provider(kProvider, kThen + 2min)}};
    session.mfa_time          = kThen + 2min;
    session.closed_detections = {DetectionId{7, 1}};
    const auto left           = with_counting_mfa(tenant_with({method(kProvider, kReject)}), with_app(), session);
    CHECK(left.mfa_time == kThen + 1min);
    CHECK(left.factors.size() == 2);
    CHECK(left.closed_detections.empty());
    const auto same = with_counting_mfa(tenant_with({method(kProvider, kAccept)}), with_app(), session);
    CHECK(same.mfa_time == kThen + 2min);
    CHECK(same.closed_detections.size() == 1);
}

}  // namespace
}  // namespace portcullis::app
