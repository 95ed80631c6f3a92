#include "core/policy/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/identity/directory_role.h"

namespace portcullis::policy {
namespace {

constexpr auto kGrant        = "grantControls.builtInControls";
constexpr auto kStrength     = "grantControls.authenticationStrength";
constexpr auto kUsers        = "conditions.users";
constexpr auto kApplications = "conditions.applications";

bool has(const Policy& policy, GrantControl control) {
    return policy.grant_controls && policy.grant_controls->controls.contains(control);
}

bool includes_someone(const UsersCondition& users) {
    return users.include != Scope::listed || users.include_guests || !users.include_users.empty() ||
           !users.include_groups.empty() || !users.include_roles.empty();
}

bool targets_resources(const ApplicationsCondition& applications) {
    return applications.include != Scope::listed || !applications.include_applications.empty();
}

void check_completeness(const Policy& policy, std::vector<Finding>& findings) {
    const auto& conditions = policy.conditions;
    const bool has_grant   = policy.grant_controls.has_value();

    if (policy.display_name.empty()) findings.push_back({"CAV-01", "displayName", "the policy has no name"});
    if (!includes_someone(conditions.users))
        findings.push_back({"CAV-01", kUsers, "no user, group or role is included"});
    if (!targets_resources(conditions.applications) && conditions.applications.user_actions.empty())
        findings.push_back({"CAV-01", kApplications, "no resource and no user action is included"});
    if (!has_grant && policy.session_controls.empty())
        findings.push_back({"CAV-01", "grantControls", "there is neither a grant control nor a session control"});
    if (has_grant && policy.grant_controls->controls.empty())
        findings.push_back({"CAV-01", kGrant, "grant controls name no control; leave them out instead"});
}

void check_targets(const Policy& policy, std::vector<Finding>& findings) {
    const auto& applications = policy.conditions.applications;
    if (applications.user_actions.empty()) return;
    if (targets_resources(applications))
        findings.push_back({"CAV-02", kApplications, "a policy targets resources or user actions, not both"});
    if (policy.state == PolicyState::enabledForReportingButNotEnforced)
        findings.push_back({"CAV-25", "state", "user actions are not evaluated in report-only", Severity::note});
}

void check_strength(const Policy& policy, std::vector<Finding>& findings) {
    if (has(policy, GrantControl::authenticationStrength) && has(policy, GrantControl::mfa))
        findings.push_back({"CAV-04", kStrength, "`mfa` and an authentication strength exclude each other"});
}

/// What beside risk remediation says something else than it does (CAV-11).
void check_beside_remediation(const Policy& policy, std::vector<Finding>& findings) {
    const auto& frequency = policy.session_controls.sign_in_frequency;
    const bool is_whole   = frequency && frequency->interval == FrequencyInterval::everyTime &&
                          frequency->authentication == FrequencyAuthentication::primaryAndSecondaryAuthentication;
    if (has(policy, GrantControl::mfa))
        findings.push_back({"CAV-11", kGrant, "`riskRemediation` brings an authentication strength: name one instead of `mfa`, or leave it out"});
    if (!is_whole)
        findings.push_back({"CAV-11", "sessionControls.signInFrequency", "`riskRemediation` needs the sign-in frequency `everyTime`"});
}

void check_remediation(const Policy& policy, std::vector<Finding>& findings) {
    if (!has(policy, GrantControl::riskRemediation)) return;
    check_beside_remediation(policy, findings);
    if (policy.conditions.user_risk_levels.empty())
        findings.push_back({"CAV-12", "conditions.userRiskLevels", "`riskRemediation` needs userRiskLevels"});
    if (has(policy, GrantControl::passwordChange))
        findings.push_back({"CAV-12", kGrant, "`riskRemediation` changes the password where that helps: leave `passwordChange` out"});
    if (policy.grant_controls->op == GrantOperator::OR)
        findings.push_back({"CAV-12", "grantControls.operator", "`riskRemediation` needs the operator AND"});
    if (policy.conditions.users.include_guests)
        findings.push_back({"CAV-13", kUsers, "external users are never in scope of `riskRemediation`", Severity::warn});
}

void check_block(const Policy& policy, std::vector<Finding>& findings) {
    if (has(policy, GrantControl::block) && policy.grant_controls->controls != EnumSet{GrantControl::block})
        findings.push_back({"CAV-03", kGrant, "`block` excludes every other grant control"});
}

/// Whether only users, resources and user risk are configured (CAV-09).
bool has_only_user_risk(const Conditions& conditions) {
    return conditions.sign_in_risk_levels.empty() && !conditions.locations && conditions.client_app_types.empty() &&
           conditions.transfer_methods.empty();
}

void check_password_change(const Policy& policy, std::vector<Finding>& findings) {
    if (!has(policy, GrantControl::passwordChange)) return;
    const auto& conditions    = policy.conditions;
    const auto& applications  = conditions.applications;
    const bool covers_all     = applications.include == Scope::all && applications.exclude_applications.empty();

    if (!has(policy, GrantControl::mfa) && !has(policy, GrantControl::authenticationStrength) && !has(policy, GrantControl::riskRemediation))
        findings.push_back({"CAV-05", kGrant, "`passwordChange` needs `mfa`, or a strength that is MFA, beside it"});
    if (policy.grant_controls->op == GrantOperator::OR)
        findings.push_back({"CAV-06", "grantControls.operator", "`passwordChange` needs the operator AND"});
    if (conditions.user_risk_levels.empty())
        findings.push_back({"CAV-07", "conditions.userRiskLevels", "`passwordChange` needs userRiskLevels"});
    if (!covers_all)
        findings.push_back({"CAV-08", kApplications,
                            "`passwordChange` needs all resources without exclusions, or risk could be cleared through "
                            "an application that the policy does not cover"});
    if (!has_only_user_risk(conditions))
        findings.push_back({"CAV-09", "conditions",
                            "`passwordChange` allows no condition but users, resources and user risk"});
}

void check_frequency(const SignInFrequency& frequency, std::vector<Finding>& findings) {
    if (frequency.interval == FrequencyInterval::everyTime) return;
    const int value_max = frequency.unit == FrequencyUnit::hours ? kFrequencyHoursMax : kFrequencyDaysMax;
    if (frequency.value < 1 || frequency.value > value_max)
        findings.push_back({kSchemaRule, "sessionControls.signInFrequency.value",
                            fmt::format("from 1 to {} {}", value_max, to_string(frequency.unit))});
}

void check_session(const Policy& policy, std::vector<Finding>& findings) {
    if (policy.session_controls.sign_in_frequency)
        check_frequency(*policy.session_controls.sign_in_frequency, findings);
    if (policy.session_controls.persistent_browser && policy.conditions.applications.include != Scope::all)
        findings.push_back({"CAV-16", "sessionControls.persistentBrowser",
                            "persistentBrowser needs all resources, because every tab shares one session"});
}

void check_values(const Policy& policy, std::vector<Finding>& findings) {
    const auto& locations = policy.conditions.locations;
    if (policy.display_name.size() > kDisplayNameMax)
        findings.push_back({kSchemaRule, "displayName", fmt::format("longer than {} bytes", kDisplayNameMax)});
    if (policy.conditions.user_risk_levels.contains(RiskLevel::none))
        findings.push_back({kSchemaRule, "conditions.userRiskLevels", "userRiskLevels are low, medium and high"});
    if (locations && !locations->include_all && !locations->include_all_trusted && locations->include_locations.empty())
        findings.push_back({kSchemaRule, "conditions.locations.includeLocations", "no location is included"});
}

void check_sense(const Policy& policy, std::vector<Finding>& findings) {
    const auto& conditions = policy.conditions;
    const bool is_legacy   = conditions.client_app_types.contains(ClientAppType::other) ||
                             conditions.client_app_types.contains(ClientAppType::exchangeActiveSync);
    const bool is_interactive = has(policy, GrantControl::mfa) || has(policy, GrantControl::authenticationStrength) ||
                                has(policy, GrantControl::passwordChange) || has(policy, GrantControl::riskRemediation);

    if (is_legacy && is_interactive)
        findings.push_back({"CAV-27", "conditions.clientAppTypes",
                            "legacy clients cannot show what the grant controls ask for: this equals a block", Severity::warn});
    if (!conditions.sign_in_risk_levels.empty() && !conditions.user_risk_levels.empty())
        findings.push_back({"CAV-28", "conditions",
                            "both risks must match at once; two policies are almost always meant", Severity::warn});
}

template <class IdType, class... Lists>
std::vector<IdType> joined(const Lists&... lists) {
    std::vector<IdType> all;
    (all.insert(all.end(), lists.begin(), lists.end()), ...);
    std::ranges::sort(all);
    const auto repeated = std::ranges::unique(all);
    all.erase(repeated.begin(), repeated.end());
    return all;
}

template <class IdType>
void check_existing(const char* path, const char* kind, const std::vector<IdType>& named, std::vector<IdType> existing,
                    std::vector<Finding>& findings) {
    std::ranges::sort(existing);
    for (const auto& id : named) {
        if (!std::ranges::binary_search(existing, id))
            findings.push_back({"CAV-21", path, fmt::format("there is no {} {}", kind, to_string(id))});
    }
}

bool covers_everything(const Policy& policy) {
    return policy.conditions.users.include == Scope::all && policy.conditions.applications.include == Scope::all;
}

}  // namespace

bool is_rejected(std::span<const Finding> findings) {
    return std::ranges::any_of(findings, [](const Finding& f) { return f.severity == Severity::reject; });
}

bool needs_acknowledgement(std::span<const Finding> findings) {
    return std::ranges::any_of(findings, [](const Finding& f) { return f.severity == Severity::warn; });
}

std::vector<Finding> validate(const Policy& policy) {
    std::vector<Finding> findings;
    check_completeness(policy, findings);
    check_targets(policy, findings);
    check_block(policy, findings);
    check_strength(policy, findings);
    check_remediation(policy, findings);
    check_password_change(policy, findings);
    check_session(policy, findings);
    check_values(policy, findings);
    check_sense(policy, findings);
    return findings;
}

namespace {

/// Methods that somebody here can have. A strength that needs others is met by nobody.
constexpr MethodModes kHere{MethodMode::password, MethodMode::fido2, MethodMode::softwareOath, MethodMode::hardwareOath, MethodMode::temporaryAccessPassOneTime,
                           MethodMode::temporaryAccessPassMultiUse};

}  // namespace

std::vector<Finding> strength_findings(const Policy& policy, const AuthenticationStrength* strength) {
    std::vector<Finding> findings;
    if (!policy.grant_controls || !policy.grant_controls->strength) return findings;
    if (strength == nullptr) {
        findings.push_back({"CAV-21", kStrength, fmt::format("there is no authentication strength {}", to_string(*policy.grant_controls->strength))});
        return findings;
    }
    const bool is_mfa = strength->requirements == Requirements::mfa;
    if (!is_mfa && has(policy, GrantControl::passwordChange))
        findings.push_back({"CAV-05", kStrength, "`passwordChange` needs a strength whose every combination is MFA"});
    if (!is_mfa && has(policy, GrantControl::riskRemediation))
        findings.push_back({"CAV-11", kStrength, "`riskRemediation` needs a strength whose every combination is MFA"});
    if (std::ranges::none_of(strength->combinations, [](MethodModes c) { return c.is_within(kHere); }))
        findings.push_back({"CAV-29", kStrength, "nobody here can register a method that meets the strength", Severity::warn});
    return findings;
}

std::vector<Finding> deletion_findings(const AuthenticationStrength& strength, std::span<const Policy> policies) {
    std::vector<Finding> findings;
    if (strength.is_built_in) findings.push_back({"builtIn", "id", "a built-in strength stays as it is"});
    for (const auto& policy : policies) {
        if (policy.grant_controls && policy.grant_controls->strength == strength.id)
            findings.push_back({"referenced", "id", fmt::format("policy {} names the strength", to_string(policy.id))});
    }
    return findings;
}

References references(const Policy& policy) {
    const auto& users        = policy.conditions.users;
    const auto& applications = policy.conditions.applications;
    const auto locations     = policy.conditions.locations.value_or(LocationsCondition{});
    return {
        .users        = joined<UserId>(users.include_users, users.exclude_users),
        .groups       = joined<GroupId>(users.include_groups, users.exclude_groups),
        .roles        = joined<RoleId>(users.include_roles, users.exclude_roles),
        .applications = joined<ApplicationId>(applications.include_applications, applications.exclude_applications),
        .locations    = joined<LocationId>(locations.include_locations, locations.exclude_locations),
    };
}

std::vector<Finding> dangling(const Policy& policy, const References& existing) {
    std::vector<Finding> findings;
    const auto named = references(policy);
    check_existing(kUsers, "user", named.users, existing.users, findings);
    check_existing(kUsers, "group", named.groups, existing.groups, findings);
    check_existing(kApplications, "application", named.applications, existing.applications, findings);
    check_existing("conditions.locations", "named location", named.locations, existing.locations, findings);
    for (const auto& role : named.roles) {
        if (!identity::directory_role(role))
            findings.push_back({"CAV-22", kUsers, fmt::format("{} is not a built-in directory role", to_string(role))});
    }
    return findings;
}

bool covers(const Policy& policy, const Person& person) {
    const CompiledPolicies one({policy}, {});
    const auto decision = evaluate(one, {.user = person.user, .user_type = person.user_type, .groups = person.groups,
                                         .roles = person.roles});
    return decision.answer(0).matched.contains(ConditionName::users);
}

std::vector<Finding> lockout_warnings(const Policy& policy, std::span<const Person> administrators,
                                      std::span<const Person> emergency) {
    std::vector<Finding> findings;
    if (policy.state != PolicyState::enabled) return findings;
    const auto is_covered = [&](const Person& person) { return covers(policy, person); };

    if (covers_everything(policy) && has(policy, GrantControl::block) &&
            std::ranges::all_of(administrators, is_covered))
        findings.push_back({"CAV-23", "conditions.users.excludeUsers",
                            "all users are blocked from all resources and no administrator is excluded: exclude yourself",
                            Severity::warn});
    if (!emergency.empty() && std::ranges::all_of(emergency, is_covered))
        findings.push_back({"CAV-24", "conditions.users.excludeUsers",
                            "every emergency account is covered: exclude them, so that the policy says what is so",
                            Severity::warn});
    return findings;
}

std::vector<Finding> deletion_findings(const NamedLocation& location, std::span<const Policy> policies) {
    std::vector<Finding> findings;
    if (location.is_trusted())
        findings.push_back({"trusted", "isTrusted", "a trusted location cannot be deleted: remove the flag first"});
    for (const auto& policy : policies) {
        if (std::ranges::binary_search(references(policy).locations, location.id))
            findings.push_back({"referenced", "id", fmt::format("policy {} names the location", to_string(policy.id))});
    }
    return findings;
}

}  // namespace portcullis::policy
