#include "core/policy/evaluate.h"

#include <algorithm>

namespace portcullis::policy {
namespace {

constexpr auto kConditions = std::to_array<ConditionName>(
    {ConditionName::users, ConditionName::applications, ConditionName::authenticationFlows,
     ConditionName::clientAppTypes, ConditionName::locations, ConditionName::signInRiskLevels,
     ConditionName::userRiskLevels});
static_assert(kConditions.size() == kConditionCount);

using Words = std::span<std::uint64_t>;

void add(Words to, Bits from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] |= from[i];
}

template <class Postings, class IdType>
void mark(Words to, const Postings& postings, const IdType& id) {
    if (postings.empty()) return;
    const auto found = postings.find(id);
    if (found == postings.end()) return;
    for (const auto policy : found->second) to[policy / 64] |= std::uint64_t{1} << (policy % 64);
}

template <class Postings, class Ids>
void mark_each(Words to, const Postings& postings, const Ids& ids) {
    if (postings.empty()) return;
    for (const auto& id : ids) mark(to, postings, id);
}

}  // namespace

bool Answer::applies() const { return !first_unsatisfied(); }

std::optional<ConditionName> Answer::first_unsatisfied() const {
    for (const auto condition : kConditions) {
        if (!matched.contains(condition)) return condition;
    }
    return std::nullopt;
}

/// One evaluation: fills the columns of a Decision, a condition at a time.
class Evaluation {
public:
    Evaluation(const CompiledPolicies& policies, const SignInContext& sign_in)
        : policies_(policies), sign_in_(sign_in) {
        decision_.compiled_     = &policies;
        decision_.bits_         = std::vector<std::uint64_t>(policies.words_ * Decision::kColumnCount);
        decision_.is_emergency_ = policies.is_emergency(sign_in.user);
        decision_.client_app_   = sign_in.client_app;
        decision_.user_action_  = sign_in.user_action;
        decision_.sign_in_risk_ = sign_in.sign_in_risk ? sign_in.sign_in_risk : sign_in.treat_unknown_risk_as;
        decision_.user_risk_    = sign_in.user_risk ? sign_in.user_risk : sign_in.treat_unknown_risk_as;
    }

    Decision run() && {
        users();
        applications();
        client();
        locations();
        risk();
        combine();
        return std::move(decision_);
    }

private:
    using To   = Decision::Column;
    using From = CompiledPolicies::Column;

    Words to(To column) {
        return Words(decision_.bits_).subspan(static_cast<std::size_t>(column) * policies_.words_, policies_.words_);
    }
    Bits from(std::size_t column) const { return policies_.column(column); }

    void users() {
        const auto included = to(To::usersIncluded);
        add(included, from(From::includesAllUsers));
        mark(included, policies_.include_users_, sign_in_.user);
        mark_each(included, policies_.include_groups_, sign_in_.groups);
        mark_each(included, policies_.include_roles_, sign_in_.roles);

        const auto excluded = to(To::usersExcluded);
        mark(excluded, policies_.exclude_users_, sign_in_.user);
        mark_each(excluded, policies_.exclude_groups_, sign_in_.groups);
        mark_each(excluded, policies_.exclude_roles_, sign_in_.roles);

        if (sign_in_.user_type != identity::UserType::guest) return;
        add(included, from(From::includesGuests));
        add(excluded, from(From::excludesGuests));
    }

    /// R3: a policy applies if at least one requested resource is included and not excluded.
    void applications() {
        const auto matched = to(To::applicationsMatched), included = to(To::applicationsIncluded);
        for (const auto& resource : sign_in_.resources) {
            const auto is_included = to(To::resourceIncluded), is_excluded = to(To::resourceExcluded);
            std::ranges::copy(from(From::includesAllApplications), is_included.begin());
            std::ranges::fill(is_excluded, 0);
            mark(is_included, policies_.include_applications_, resource);
            mark(is_excluded, policies_.exclude_applications_, resource);
            for (std::size_t i = 0; i < matched.size(); ++i) {
                included[i] |= is_included[i];
                matched[i] |= is_included[i] & ~is_excluded[i];
            }
        }
        if (sign_in_.user_action) add(matched, from(From::includesRegisterSecurityInfo));
        // R4: `All` covers every token request, also one for which no resource could be named.
        if (sign_in_.resources.empty() && !sign_in_.user_action) add(matched, from(From::includesAllApplications));
        add(included, matched);
    }

    void client() {
        const auto flows = to(To::authenticationFlows);
        add(flows, from(From::anyTransferMethod));
        // §3.8: the flow in use, or the one that the session began with.
        for (const auto& method : {sign_in_.transfer_method, sign_in_.original_transfer_method}) {
            if (method) add(flows, from(From::deviceCodeFlow + static_cast<std::size_t>(*method)));
        }
        add(to(To::clientAppTypes), from(From::clientApp + static_cast<std::size_t>(sign_in_.client_app)));
    }

    void locations() {
        const auto included = to(To::locationsIncluded), excluded = to(To::locationsExcluded);
        add(included, from(From::anyLocation));
        mark_each(included, policies_.include_locations_, sign_in_.location.matched);
        mark_each(excluded, policies_.exclude_locations_, sign_in_.location.matched);
        if (!sign_in_.location.is_trusted) return;
        add(included, from(From::includesAllTrusted));
        add(excluded, from(From::excludesAllTrusted));
    }

    void risk() {
        const auto offset = [](std::optional<RiskLevel> level) {
            return level ? static_cast<std::size_t>(*level) : kRiskLevels.size();  // the last column: unknown
        };
        add(to(To::signInRiskLevels), from(From::signInRisk + offset(decision_.sign_in_risk_)));
        add(to(To::userRiskLevels), from(From::userRisk + offset(decision_.user_risk_)));
    }

    /// All conditions must hold; no policy binds an emergency account.
    void combine() {
        if (decision_.is_emergency_) return;
        const auto applies = to(To::applies);
        std::ranges::fill(applies, ~std::uint64_t{0});
        for (const auto held : {To::usersIncluded, To::applicationsMatched, To::authenticationFlows, To::clientAppTypes,
                                To::locationsIncluded, To::signInRiskLevels, To::userRiskLevels}) {
            const auto bits = to(held);
            for (std::size_t i = 0; i < applies.size(); ++i) applies[i] &= bits[i];
        }
        for (const auto excluded : {To::usersExcluded, To::locationsExcluded}) {
            const auto bits = to(excluded);
            for (std::size_t i = 0; i < applies.size(); ++i) applies[i] &= ~bits[i];
        }
    }

    const CompiledPolicies& policies_;
    const SignInContext& sign_in_;
    Decision decision_;
};

Decision evaluate(const CompiledPolicies& policies, const SignInContext& sign_in) {
    return Evaluation(policies, sign_in).run();
}

Bits Decision::column(Column c) const {
    const auto words = bits_.size() / kColumnCount;
    return Bits(bits_).subspan(static_cast<std::size_t>(c) * words, words);
}

bool Decision::bit(Column c, std::size_t policy) const { return is_set(column(c), policy); }

bool Decision::matched(ConditionName condition, std::size_t policy) const {
    switch (condition) {
        case ConditionName::users:
            return !is_emergency_ && bit(Column::usersIncluded, policy) && !bit(Column::usersExcluded, policy);
        case ConditionName::applications: return bit(Column::applicationsMatched, policy);
        case ConditionName::authenticationFlows: return bit(Column::authenticationFlows, policy);
        case ConditionName::clientAppTypes: return bit(Column::clientAppTypes, policy);
        case ConditionName::locations:
            return bit(Column::locationsIncluded, policy) && !bit(Column::locationsExcluded, policy);
        case ConditionName::signInRiskLevels: return bit(Column::signInRiskLevels, policy);
        case ConditionName::userRiskLevels: return bit(Column::userRiskLevels, policy);
    }
    return false;
}

Reason Decision::reason(ConditionName condition, std::size_t policy) const {
    const auto& wanted = policies()[policy].conditions;
    const bool matches = matched(condition, policy);
    const auto among   = [&](bool is_configured, bool is_known) {
        if (!is_configured) return Reason::notConfigured;
        if (!is_known) return Reason::unknown;
        return matches ? Reason::listed : Reason::notListed;
    };
    const auto chosen = [&](bool is_excluded) {
        if (matches) return Reason::included;
        return is_excluded ? Reason::excluded : Reason::notIncluded;
    };

    switch (condition) {
        case ConditionName::users:
            return is_emergency_ ? Reason::emergencyAccount : chosen(bit(Column::usersExcluded, policy));
        case ConditionName::applications:
            if (policies()[policy].state == PolicyState::enabledForReportingButNotEnforced &&
                !wanted.applications.user_actions.empty())
                return Reason::notInReportOnly;
            return chosen(bit(Column::applicationsIncluded, policy));
        case ConditionName::authenticationFlows: return among(!wanted.transfer_methods.empty(), true);
        case ConditionName::clientAppTypes: return among(!wanted.client_app_types.empty(), true);
        case ConditionName::locations:
            return wanted.locations ? chosen(bit(Column::locationsExcluded, policy)) : Reason::notConfigured;
        case ConditionName::signInRiskLevels:
            return among(!wanted.sign_in_risk_levels.empty(), sign_in_risk_.has_value());
        case ConditionName::userRiskLevels: return among(!wanted.user_risk_levels.empty(), user_risk_.has_value());
    }
    return Reason::unknown;
}

Answer Decision::answer(std::size_t policy) const {
    Answer answer;
    for (const auto condition : kConditions) {
        if (matched(condition, policy)) answer.matched.insert(condition);
        answer.reasons[static_cast<std::size_t>(condition)] = reason(condition, policy);
    }
    return answer;
}

bool Decision::matches_user_and_applications(std::size_t policy) const {
    return matched(ConditionName::users, policy) && matched(ConditionName::applications, policy);
}

}  // namespace portcullis::policy
