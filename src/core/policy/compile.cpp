#include <algorithm>

#include "core/policy/evaluate.h"

namespace portcullis::policy {
namespace {

template <class IdType>
void post(std::unordered_map<IdType, std::vector<std::uint32_t>>& postings, const std::vector<IdType>& ids,
          std::uint32_t policy) {
    for (const auto& id : ids) postings[id].push_back(policy);
}

}  // namespace

CompiledPolicies::CompiledPolicies(std::vector<Policy> policies, std::vector<UserId> emergency,
                                   const std::vector<AuthenticationStrength>& strengths)
    : policies_(std::move(policies)),
      emergency_(std::move(emergency)),
      strengths_(built_in_strengths().begin(), built_in_strengths().end()),
      words_((policies_.size() + 63) / 64),
      columns_(words_ * columnCount) {
    std::ranges::sort(emergency_);
    strengths_.insert(strengths_.end(), strengths.begin(), strengths.end());
    std::uint32_t at = 0;
    for (const auto& policy : policies_) {
        index_traits(at, policy);
        index_users(at, policy);
        index_applications(at, policy);
        index_client(at, policy.conditions);
        index_locations(at, policy.conditions);
        index_risk(at, policy.conditions);
        ++at;
    }
}

bool CompiledPolicies::is_emergency(UserId user) const { return std::ranges::binary_search(emergency_, user); }

const AuthenticationStrength* CompiledPolicies::strength(StrengthId id) const {
    const auto found = std::ranges::find(strengths_, id, &AuthenticationStrength::id);
    return found == strengths_.end() ? nullptr : &*found;
}

void CompiledPolicies::set_if(bool is_true, std::size_t column, std::uint32_t policy) {
    if (is_true) columns_[column * words_ + policy / 64] |= std::uint64_t{1} << (policy % 64);
}

void CompiledPolicies::index_traits(std::uint32_t at, const Policy& policy) {
    const auto& conditions = policy.conditions;
    const auto controls    = policy.grant_controls.value_or(GrantControls{}).controls;
    const auto set         = [&](Trait trait, bool is_true) { set_if(is_true, static_cast<std::size_t>(trait), at); };

    set(Trait::enabled, policy.state == PolicyState::enabled);
    set(Trait::reportOnly, policy.state == PolicyState::enabledForReportingButNotEnforced);
    set(Trait::blocks, controls.contains(GrantControl::block));
    set(Trait::requiresMfa, controls.contains(GrantControl::mfa));
    set(Trait::requiresPasswordChange, controls.contains(GrantControl::passwordChange));
    set(Trait::requiresRiskRemediation, controls.contains(GrantControl::riskRemediation));
    set(Trait::hasSessionControls, !policy.session_controls.empty());
    set(Trait::looksAtSignInRisk, !conditions.sign_in_risk_levels.empty());
    set(Trait::looksAtUserRisk, !conditions.user_risk_levels.empty());
    set(Trait::targetsUserAction, !conditions.applications.user_actions.empty());
}

void CompiledPolicies::index_users(std::uint32_t at, const Policy& policy) {
    const auto& users       = policy.conditions.users;
    const bool is_for_members = policy.grant_controls && policy.grant_controls->controls.contains(GrantControl::riskRemediation);
    set_if(users.include == Scope::all, includesAllUsers, at);
    set_if(users.include_guests, includesGuests, at);
    // "External users are never in scope" of risk remediation (§6.4).
    set_if(users.exclude_guests || is_for_members, excludesGuests, at);
    post(include_users_, users.include_users, at);
    post(exclude_users_, users.exclude_users, at);
    post(include_groups_, users.include_groups, at);
    post(exclude_groups_, users.exclude_groups, at);
    post(include_roles_, users.include_roles, at);
    post(exclude_roles_, users.exclude_roles, at);
}

void CompiledPolicies::index_applications(std::uint32_t at, const Policy& policy) {
    const auto& wanted = policy.conditions.applications;
    // CAV-25: user actions are not evaluated in report-only.
    const bool acts = wanted.user_actions.contains(UserAction::registerSecurityInfo) &&
                      policy.state != PolicyState::enabledForReportingButNotEnforced;

    set_if(wanted.include == Scope::all, includesAllApplications, at);
    set_if(acts, includesRegisterSecurityInfo, at);
    post(include_applications_, wanted.include_applications, at);
    post(exclude_applications_, wanted.exclude_applications, at);
}

void CompiledPolicies::index_client(std::uint32_t at, const Conditions& conditions) {
    const auto methods = conditions.transfer_methods;
    set_if(methods.empty(), anyTransferMethod, at);
    set_if(methods.contains(TransferMethod::deviceCodeFlow), deviceCodeFlow, at);
    set_if(methods.contains(TransferMethod::authenticationTransfer), authenticationTransfer, at);

    for (const auto type : {ClientAppType::browser, ClientAppType::mobileAppsAndDesktopClients,
                            ClientAppType::exchangeActiveSync, ClientAppType::other}) {
        const bool matches = conditions.client_app_types.empty() || conditions.client_app_types.contains(type);
        set_if(matches, clientApp + static_cast<std::size_t>(type), at);
    }
}

void CompiledPolicies::index_locations(std::uint32_t at, const Conditions& conditions) {
    set_if(!conditions.locations || conditions.locations->include_all, anyLocation, at);
    if (!conditions.locations) return;
    set_if(conditions.locations->include_all_trusted, includesAllTrusted, at);
    set_if(conditions.locations->exclude_all_trusted, excludesAllTrusted, at);
    post(include_locations_, conditions.locations->include_locations, at);
    post(exclude_locations_, conditions.locations->exclude_locations, at);
}

void CompiledPolicies::index_risk(std::uint32_t at, const Conditions& conditions) {
    for (const auto level : kRiskLevels) {
        const auto offset = static_cast<std::size_t>(level);
        set_if(conditions.sign_in_risk_levels.contains(level), signInRisk + offset, at);
        set_if(conditions.user_risk_levels.contains(level), userRisk + offset, at);
    }
    // A policy that does not look at risk matches every level, and the unknown.
    for (std::size_t offset = 0; offset < kRiskColumns; ++offset) {
        set_if(conditions.sign_in_risk_levels.empty(), signInRisk + offset, at);
        set_if(conditions.user_risk_levels.empty(), userRisk + offset, at);
    }
}

}  // namespace portcullis::policy
