#include "app/registrant.h"

#include <algorithm>

#include "app/collect_signals.h"
#include "app/external_methods.h"
#include "app/risk_changes.h"
#include "app/second_factors.h"
#include "app/sign_in_document.h"
#include "core/controls/next_step.h"
#include "core/credentials/access_pass.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/prompt_report.h"
#include "core/oidc/authentication.h"

namespace portcullis::app {
namespace {

/// Policies for `registerSecurityInfo`.
bool policies_allow(const Ports& ports, const TenantSnapshot& tenant, const Registrant& who, const risk::Risk& risk, const RequestFacts& facts) {
    std::vector<signals::Missing> missing;
    const auto location = location_of(tenant, network_signals(ports, tenant, facts.address, facts.now, missing));
    const auto view     = decide_registration(tenant, flow_for_policies(who, risk), who.account, location, facts.now);
    const controls::Capabilities can{.can_mfa             = !second_factors(tenant, who.account, facts.now).empty(),
                                     .can_register        = true,
                                     .can_change_password = who.account.password.has_value(),
                                     .registration        = controls::RegistrationDue::notDue,
                                     .methods             = offered_methods(tenant, who.account, facts.now)};
    return std::holds_alternative<controls::Grant>(controls::next_step(view.decision, view.session, can));
}

}  // namespace

SignInFlow flow_for_policies(const Registrant& who, const risk::Risk& risk) {
    SignInFlow flow;
    flow.user                = who.account.user.id;
    flow.user_principal_name = who.account.user.user_principal_name;
    flow.session             = who.session;
    flow.factors             = who.factors;
    flow.first_factor_at     = who.first_factor_at;
    flow.mfa_at              = who.mfa_at;
    flow.transaction_began   = who.first_factor_at;
    flow.sign_in_risk        = risk.sign_in_now;
    flow.user_risk           = risk.user;
    return flow;
}

Registrant registrant_of(const LiveSession& live) {
    return {.ceremony        = to_string(live.session.id),
            .account         = live.account,
            .sign_in         = live.session.sign_in,
            .session         = live.session.id,
            .factors         = live.session.factors,
            .first_factor_at = live.session.auth_time,
            .mfa_at          = live.session.mfa_time,
            .has_external_method = live.has_external_method};
}

Result<Registrant> registrant_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    if (!flow.first_factor_at) return Error{ErrorCode::forbidden, "nothing is proven in this sign-in"};
    return Registrant{.ceremony        = to_string(flow.id),
                      .account         = account,
                      .sign_in         = flow.sign_in,
                      .session         = flow.session,
                      .factors         = flow.factors,
                      .first_factor_at = *flow.first_factor_at,
                      .mfa_at          = counting_mfa_at(tenant, account, flow.factors, flow.mfa_at),
                      .has_external_method = !offered_external(tenant, account).empty(),
                      .models          = flow.models};
}

Result<std::optional<RegistrationBar>> registration_bar(Ports& ports, const TenantSnapshot& tenant, const Registrant& who,
                                                        const RequestFacts& facts) {
    if (credentials::is_mfa_blocked(who.account.mfa_block, facts.now)) return std::optional(RegistrationBar::atRisk);
    const auto book = TRY(RiskChanges::read(ports, tenant.tenant.id, who.account.user.id, who.sign_in));
    const auto risk = book.assess();
    if (risk.user > RiskLevel::low || risk.sign_in_now > RiskLevel::low) return std::optional(RegistrationBar::atRisk);
    if (!policies_allow(ports, tenant, who, risk, facts)) return std::optional(RegistrationBar::policyRefuses);
    return std::optional<RegistrationBar>{};
}

std::optional<Instant> own_mfa_at(std::span<const identity::Factor> factors, std::optional<Instant> mfa_at) {
    const bool by_approval = std::ranges::any_of(factors, [&](const identity::Factor& f) { return f.method == AuthMethod::push && f.at == mfa_at; });
    if (!by_approval) return mfa_at;
    std::optional<Instant> newest;
    for (const auto& factor : factors) {
        const bool is_own = oidc::makes_mfa(factor) && factor.method != AuthMethod::push;
        if (is_own && (!newest || factor.at > *newest)) newest = factor.at;
    }
    return newest;
}

bool is_freshly_proven(const Registrant& who, Instant now) {
    const auto of_mfa = own_mfa_at(who.factors, who.mfa_at);
    const auto proof  = credentials::has_second_factor(who.account.methods) || who.has_external_method ? of_mfa : std::optional(who.first_factor_at);
    // A one-time pass cannot be given again: whoever came with one has the time that it allows.
    const auto life = credentials::is_by_one_time_pass(who.factors, proof) ? credentials::kRegisterWithin : kFreshProof;
    return proof && now - *proof <= life;
}

bool is_in_time(const Registrant& who, Instant now) { return credentials::may_still_register(who.factors, who.mfa_at, now); }

}  // namespace portcullis::app
