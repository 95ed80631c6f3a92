#include <fmt/format.h>

#include <algorithm>

#include "core/policy/evaluate.h"

namespace portcullis::policy {

/// Turns the reasons of one policy's answer into words. Decides nothing.
class Explanation {
public:
    Explanation(const Decision& decision, std::size_t policy, const SignInContext& sign_in)
        : compiled_(decision.compiled()), at_(static_cast<std::uint32_t>(policy)), sign_in_(sign_in),
          wanted_(compiled_.policies()[policy].conditions) {}

    std::string words(ConditionName condition, Reason reason) const {
        if (reason == Reason::notConfigured) return "not configured";
        switch (condition) {
            case ConditionName::users: return users(reason);
            case ConditionName::applications: return applications(reason);
            case ConditionName::authenticationFlows: return flow();
            case ConditionName::clientAppTypes:
                return fmt::format("the client is `{}`", to_string(sign_in_.client_app));
            case ConditionName::locations: return location(reason);
            case ConditionName::signInRiskLevels:
                return risk("sign-in risk", sign_in_.sign_in_risk, wanted_.sign_in_risk_levels);
            case ConditionName::userRiskLevels: return risk("user risk", sign_in_.user_risk, wanted_.user_risk_levels);
        }
        return {};
    }

private:
    template <class IdType>
    using Postings = CompiledPolicies::Postings<IdType>;

    /// Which of `ids` the policy names, or nothing.
    template <class IdType>
    std::optional<IdType> named(const Postings<IdType>& postings, const std::vector<IdType>& ids) const {
        for (const auto& id : ids) {
            const auto found = postings.find(id);
            if (found != postings.end() && std::ranges::binary_search(found->second, at_)) return id;
        }
        return std::nullopt;
    }

    std::string users(Reason reason) const {
        if (reason == Reason::emergencyAccount) return "an emergency account, which no policy binds";
        if (reason == Reason::notIncluded) return "the user is not included";
        const bool is_excluded = reason == Reason::excluded;
        const auto& groups     = is_excluded ? compiled_.exclude_groups_ : compiled_.include_groups_;
        const auto& roles      = is_excluded ? compiled_.exclude_roles_ : compiled_.include_roles_;
        const auto& users      = is_excluded ? compiled_.exclude_users_ : compiled_.include_users_;
        const auto* how        = is_excluded ? "excluded" : "included";

        if (!is_excluded && wanted_.users.include == Scope::all) return "all users are included";
        if (named(users, {sign_in_.user})) return fmt::format("the user is {}", how);
        if (const auto group = named(groups, sign_in_.groups))
            return fmt::format("{} through group {}", how, to_string(*group));
        if (const auto role = named(roles, sign_in_.roles))
            return fmt::format("{} through role {}", how, to_string(*role));
        return fmt::format("guests are {}", how);
    }

    std::string applications(Reason reason) const {
        if (reason == Reason::notInReportOnly) return "user actions are not evaluated in report-only";
        if (reason == Reason::notIncluded) return "none of the requested resources is included";
        if (reason == Reason::excluded) return "every requested resource that is included is excluded too";
        if (sign_in_.user_action && wanted_.applications.user_actions.contains(*sign_in_.user_action))
            return fmt::format("the user action `{}` is included", to_string(*sign_in_.user_action));
        if (wanted_.applications.include == Scope::all) return "all resources are included";
        const auto resource = named(compiled_.include_applications_, sign_in_.resources);
        return resource ? fmt::format("resource {} is included", to_string(*resource)) : std::string("included");
    }

    std::string flow() const {
        if (sign_in_.transfer_method) return fmt::format("the flow is `{}`", to_string(*sign_in_.transfer_method));
        if (sign_in_.original_transfer_method)
            return fmt::format("the session began with `{}`", to_string(*sign_in_.original_transfer_method));
        return "no transfer flow";
    }

    std::string location(Reason reason) const {
        const auto& facts = sign_in_.location;
        if (reason == Reason::excluded) {
            const auto id = named(compiled_.exclude_locations_, facts.matched);
            return id ? fmt::format("location {} is excluded", to_string(*id)) : "trusted locations are excluded";
        }
        if (reason == Reason::notIncluded)
            return facts.is_address_known ? "the address is in no included location" : "the address is unknown";
        if (wanted_.locations->include_all) return "all locations are included";
        const auto id = named(compiled_.include_locations_, facts.matched);
        return id ? fmt::format("location {} is included", to_string(*id)) : "trusted locations are included";
    }

    std::string risk(std::string_view which, std::optional<RiskLevel> level, EnumSet<RiskLevel> levels) const {
        std::string listed;
        for (const auto each : kRiskLevels) {
            if (levels.contains(each)) listed += (listed.empty() ? "" : " or ") + std::string(to_string(each));
        }
        if (level) return fmt::format("{} is {}, the policy asks for {}", which, to_string(*level), listed);
        if (!sign_in_.treat_unknown_risk_as) return fmt::format("{} is unknown, the policy asks for {}", which, listed);
        return fmt::format("{} is unknown and counts as {}, the policy asks for {}", which,
                           to_string(*sign_in_.treat_unknown_risk_as), listed);
    }

    const CompiledPolicies& compiled_;
    std::uint32_t at_;
    const SignInContext& sign_in_;
    const Conditions& wanted_;
};

std::array<ConditionResult, kConditionCount> explain(const Decision& decision, std::size_t policy,
                                                     const SignInContext& sign_in, InWords in_words) {
    const auto answer = decision.answer(policy);
    const Explanation explanation(decision, policy, sign_in);

    std::array<ConditionResult, kConditionCount> results;
    for (std::size_t i = 0; i < kConditionCount; ++i) {
        const auto condition = static_cast<ConditionName>(i);
        results[i] = {condition, answer.matched.contains(condition), {}};
        if (in_words == InWords::all || (in_words == InWords::unmatched && !results[i].matched)) {
            results[i].because = explanation.words(condition, answer.reasons[i]);
        }
    }
    return results;
}

}  // namespace portcullis::policy
