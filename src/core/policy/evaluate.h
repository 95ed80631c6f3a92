#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/identity/user.h"
#include "core/policy/policy.h"
#include "core/policy/strength.h"

/// What every policy says about one sign-in. Source: conditional-access.md §3, phase 1.
namespace portcullis::policy {

/// Where a request comes from, as far as policies ask. Made by NamedLocations::match.
struct LocationFacts {
    std::vector<LocationId> matched;  // every named location that holds the address
    bool is_trusted       = false;    // one of them is trusted
    bool is_address_known = false;
    std::optional<std::string> country;  // ISO 3166-1 alpha-2; nothing: unknown
};

/// The facts of one request. Risk is pinned to its values at the start of the transaction (§3.2 E4).
struct SignInContext {
    UserId user;
    identity::UserType user_type = identity::UserType::member;
    std::vector<GroupId> groups;  // transitive
    std::vector<RoleId> roles;    // active, directory-wide
    /// Every resource a token is asked for, and the confidential client itself when it asks for an ID token (R2).
    std::vector<ApplicationId> resources;
    /// When security info is about to be registered. Policies for resources look at `resources` alone.
    std::optional<UserAction> user_action;
    ClientAppType client_app = ClientAppType::other;
    std::optional<TransferMethod> transfer_method;           // of this request
    std::optional<TransferMethod> original_transfer_method;  // the session began with it (§3.8)
    LocationFacts location;
    std::optional<RiskLevel> sign_in_risk;  // real-time; nothing: unknown, matches no listed level (E8)
    std::optional<RiskLevel> user_risk;
    std::optional<RiskLevel> treat_unknown_risk_as;  // the tenant's fail-closed switch (E8)
};

/// Why a condition matched or did not. The text is made by `explain`, only when somebody reads it.
enum class Reason : std::uint8_t {
    notConfigured,
    included,
    notIncluded,
    excluded,
    emergencyAccount,  // no policy binds the tenant's emergency accounts (§12)
    notInReportOnly,   // user actions are not evaluated in report-only (CAV-25)
    listed,
    notListed,
    unknown,  // the fact is not known, so no listed value can match
};

/// One policy's answer: every condition was asked. Plain bits; costs nothing to keep.
struct Answer {
    EnumSet<ConditionName> matched;
    std::array<Reason, kConditionCount> reasons{};

    /// Every condition matched.
    [[nodiscard]] bool applies() const;
    /// In the order of §3.3; nothing when the policy applies.
    [[nodiscard]] std::optional<ConditionName> first_unsatisfied() const;
};

/// One condition's answer in words, for the sign-in record and what-if alike.
struct ConditionResult {
    ConditionName condition = ConditionName::users;
    bool matched            = false;
    std::string because;
};

/// One bit for each policy of a snapshot.
using Bits = std::span<const std::uint64_t>;

/// A tenant's policies, prepared once for many evaluations: every value a policy names points to the policies that name
/// it, and every condition is answered for 64 policies at a time. Immutable; part of the tenant snapshot.
class CompiledPolicies {
public:
    CompiledPolicies() : CompiledPolicies({}, {}) {}
    /// `emergency`: users whom no policy binds. `strengths`: the tenant's own, beside the built-in ones.
    CompiledPolicies(std::vector<Policy> policies, std::vector<UserId> emergency,
                     const std::vector<AuthenticationStrength>& strengths = {});

    [[nodiscard]] std::span<const Policy> policies() const { return policies_; }
    [[nodiscard]] bool is_emergency(UserId user) const;
    /// Built-in or the tenant's own; null when there is none, and then nobody can meet it.
    [[nodiscard]] const AuthenticationStrength* strength(StrengthId id) const;

    /// What is true of a policy whoever signs in.
    enum class Trait : std::uint8_t {
        enabled,
        reportOnly,
        blocks,
        requiresMfa,
        requiresPasswordChange,
        requiresRiskRemediation,
        hasSessionControls,
        looksAtSignInRisk,
        looksAtUserRisk,
        targetsUserAction,
    };
    [[nodiscard]] Bits trait(Trait trait) const { return column(static_cast<std::size_t>(trait)); }

private:
    friend class Evaluation;
    friend class Explanation;

    /// For each value the policies that name it, in ascending order.
    template <class IdType>
    using Postings = std::unordered_map<IdType, std::vector<std::uint32_t>>;

    static constexpr std::size_t kTraitCount = 10;
    static constexpr std::size_t kRiskColumns = kRiskLevels.size() + 1;  // the last for unknown

    // INVARIANT: one column of `columns_` each, after the traits: what is true of a policy for one value of a
    // condition.
    enum Column : std::size_t {
        includesAllUsers = kTraitCount,
        includesGuests,
        excludesGuests,
        includesAllApplications,
        includesRegisterSecurityInfo,
        anyTransferMethod,
        deviceCodeFlow,
        authenticationTransfer,
        clientApp,                    // one for each ClientAppType
        anyLocation = clientApp + 4,  // not configured, or All
        includesAllTrusted,
        excludesAllTrusted,
        signInRisk,
        userRisk    = signInRisk + kRiskColumns,
        columnCount = userRisk + kRiskColumns,
    };

    [[nodiscard]] Bits column(std::size_t index) const { return Bits(columns_).subspan(index * words_, words_); }
    void set_if(bool is_true, std::size_t column, std::uint32_t policy);
    void index_traits(std::uint32_t at, const Policy& policy);
    void index_users(std::uint32_t at, const Policy& policy);
    void index_applications(std::uint32_t at, const Policy& policy);
    void index_client(std::uint32_t at, const Conditions& conditions);
    void index_locations(std::uint32_t at, const Conditions& conditions);
    void index_risk(std::uint32_t at, const Conditions& conditions);

    std::vector<Policy> policies_;
    std::vector<UserId> emergency_;  // sorted
    std::vector<AuthenticationStrength> strengths_;
    std::size_t words_ = 0;          // of 64 policies each
    std::vector<std::uint64_t> columns_;
    Postings<UserId> include_users_, exclude_users_;
    Postings<GroupId> include_groups_, exclude_groups_;
    Postings<RoleId> include_roles_, exclude_roles_;
    Postings<ApplicationId> include_applications_, exclude_applications_;
    Postings<LocationId> include_locations_, exclude_locations_;
};

/// Every policy's answer to one sign-in. Refers to the CompiledPolicies it was made from, which must outlive it.
class Decision {
public:
    [[nodiscard]] const CompiledPolicies& compiled() const { return *compiled_; }
    [[nodiscard]] std::span<const Policy> policies() const { return compiled_->policies(); }
    [[nodiscard]] Answer answer(std::size_t policy) const;

    /// Bit i: every condition of policy i matched, whatever its state.
    [[nodiscard]] Bits applies() const { return column(Column::applies); }
    /// Bit i: policy i matched this user and these applications (for conditionalAccessStatus, §5).
    [[nodiscard]] bool matches_user_and_applications(std::size_t policy) const;

    [[nodiscard]] bool is_emergency() const { return is_emergency_; }
    [[nodiscard]] ClientAppType client_app() const { return client_app_; }
    [[nodiscard]] std::optional<UserAction> user_action() const { return user_action_; }
    /// As counted: `treat_unknown_risk_as` stands in for what is not known.
    [[nodiscard]] std::optional<RiskLevel> sign_in_risk() const { return sign_in_risk_; }
    [[nodiscard]] std::optional<RiskLevel> user_risk() const { return user_risk_; }

private:
    friend class Evaluation;

    // INVARIANT: one column of `bits_` each, in this order. The last two are room to work in.
    enum class Column : std::size_t {
        usersIncluded,
        usersExcluded,
        applicationsIncluded,
        applicationsMatched,
        authenticationFlows,
        clientAppTypes,
        locationsIncluded,
        locationsExcluded,
        signInRiskLevels,
        userRiskLevels,
        applies,
        resourceIncluded,
        resourceExcluded,
    };
    static constexpr std::size_t kColumnCount = 13;

    [[nodiscard]] Bits column(Column c) const;
    [[nodiscard]] bool bit(Column c, std::size_t policy) const;
    [[nodiscard]] Reason reason(ConditionName condition, std::size_t policy) const;
    [[nodiscard]] bool matched(ConditionName condition, std::size_t policy) const;

    const CompiledPolicies* compiled_ = nullptr;
    std::vector<std::uint64_t> bits_;
    bool is_emergency_        = false;
    ClientAppType client_app_ = ClientAppType::other;
    std::optional<UserAction> user_action_;
    std::optional<RiskLevel> sign_in_risk_, user_risk_;
};

/// Asks every condition of every policy. Pure and total: the same policies and facts give the same answer (E6).
/// One allocation, whatever the number of policies.
Decision evaluate(const CompiledPolicies& policies, const SignInContext& sign_in);

/// Which conditions an explanation puts into words; of the others it says whether they matched.
enum class InWords : std::uint8_t { all, unmatched, none };
/// A policy's answer, condition by condition. `sign_in` is what `decision` was made from.
std::array<ConditionResult, kConditionCount> explain(const Decision& decision, std::size_t policy,
                                                     const SignInContext& sign_in, InWords in_words = InWords::all);

/// Whether the bit of `policy` is set.
inline bool is_set(Bits bits, std::size_t policy) { return ((bits[policy / 64] >> (policy % 64)) & 1U) != 0; }

}  // namespace portcullis::policy
