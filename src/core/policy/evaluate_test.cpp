#include "core/policy/evaluate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <random>

#include "core/policy/test_policies.h"

using namespace portcullis;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;

namespace {

struct Row {
    std::string sentence;
    std::function<void(Conditions&)> wanted;
    std::function<void(SignInContext&)> sign_in;
    Reason reason;
};

void nothing(SignInContext&) {}
void unchanged(Conditions&) {}

/// The condition's answer for a policy for everybody, changed by the row.
void check(const Row& row, ConditionName condition) {
    INFO(row.sentence);
    auto policy = mfa_for_all();
    row.wanted(policy.conditions);
    auto sign_in = alice();
    row.sign_in(sign_in);
    const CompiledPolicies compiled({policy}, {kBreakGlass});

    const auto decision = evaluate(compiled, sign_in);
    const auto answer   = decision.answer(0);
    const bool matches  = row.reason == Reason::notConfigured || row.reason == Reason::included || row.reason == Reason::listed;
    CHECK(answer.reasons[static_cast<std::size_t>(condition)] == row.reason);
    CHECK(answer.matched.contains(condition) == matches);
    CHECK(answer.applies() == matches);
    CHECK(is_set(decision.applies(), 0) == matches);
    if (!matches) CHECK(answer.first_unsatisfied() == condition);
    CHECK_FALSE(explain(decision, 0, sign_in)[static_cast<std::size_t>(condition)].because.empty());
}

void only(Conditions& wanted) { wanted.users = {}; }

}  // namespace

TEST_CASE("users: included and excluded by id, group, role and guest; exclusion wins (CA-002)") {
    const auto row = GENERATE(values<Row>({
        {"all users", unchanged, nothing, Reason::included},
        {"none", [](auto& c) { c.users.include = Scope::none; }, nothing, Reason::notIncluded},
        {"absent", only, nothing, Reason::notIncluded},
        {"named", [](auto& c) { only(c), c.users.include_users = {kBob, kAlice}; }, nothing, Reason::included},
        {"another is named", [](auto& c) { only(c), c.users.include_users = {kBob}; }, nothing, Reason::notIncluded},
        {"by group", [](auto& c) { only(c), c.users.include_groups = {kSales}; },
         [](auto& s) { s.groups = {kStaff, kSales}; }, Reason::included},
        {"not in the group", [](auto& c) { only(c), c.users.include_groups = {kSales}; },
         [](auto& s) { s.groups = {kStaff}; }, Reason::notIncluded},
        {"by role", [](auto& c) { only(c), c.users.include_roles = {kAdmin}; }, [](auto& s) { s.roles = {kAdmin}; },
         Reason::included},
        {"a role of one unit is not directory-wide, so the facts do not carry it",
         [](auto& c) { only(c), c.users.include_roles = {kAdmin}; }, nothing, Reason::notIncluded},
        {"a guest", [](auto& c) { only(c), c.users.include_guests = true; },
         [](auto& s) { s.user_type = identity::UserType::guest; }, Reason::included},
        {"all contains guests", unchanged, [](auto& s) { s.user_type = identity::UserType::guest; }, Reason::included},
        {"a member is no guest", [](auto& c) { only(c), c.users.include_guests = true; }, nothing, Reason::notIncluded},
        {"excluded by name", [](auto& c) { c.users.exclude_users = {kAlice}; }, nothing, Reason::excluded},
        {"named and excluded by group", [](auto& c) { only(c), c.users.include_users = {kAlice}, c.users.exclude_groups = {kStaff}; },
         [](auto& s) { s.groups = {kStaff}; }, Reason::excluded},
        {"excluded by role", [](auto& c) { c.users.exclude_roles = {kAdmin}; }, [](auto& s) { s.roles = {kAdmin}; },
         Reason::excluded},
        {"guests excluded", [](auto& c) { c.users.exclude_guests = true; },
         [](auto& s) { s.user_type = identity::UserType::guest; }, Reason::excluded},
        {"guests excluded, a member", [](auto& c) { c.users.exclude_guests = true; }, nothing, Reason::included},
        {"an emergency account is bound by no policy (CA-052)", unchanged, [](auto& s) { s.user = kBreakGlass; },
         Reason::emergencyAccount},
        {"a deleted group excludes nobody (CAV-21)", [](auto& c) { c.users.exclude_groups = {kTravellers}; },
         [](auto& s) { s.groups = {kStaff}; }, Reason::included},
    }));
    check(row, ConditionName::users);
}

TEST_CASE("applications: at least one requested resource is included and not excluded (CA-004, CA-005, CA-007)") {
    const auto listed = [](auto& c) { c.applications = {.include_applications = {kMail, kFiles}}; };
    const auto but    = [](auto& c) { c.applications.exclude_applications = {kMail}; };
    const auto action = [](auto& c) { c.applications = {.user_actions = {UserAction::registerSecurityInfo}}; };
    const auto row    = GENERATE_COPY(values<Row>({
        {"all", unchanged, nothing, Reason::included},
        {"all, and no resource can be named", unchanged, [](auto& s) { s.resources = {}; }, Reason::included},
        {"none", [](auto& c) { c.applications.include = Scope::none; }, nothing, Reason::notIncluded},
        {"absent", [](auto& c) { c.applications = {}; }, nothing, Reason::notIncluded},
        {"listed", listed, nothing, Reason::included},
        {"another is asked for", listed, [](auto& s) { s.resources = {kNotes}; }, Reason::notIncluded},
        {"all but the one asked for", but, nothing, Reason::excluded},
        {"two are asked for, one is excluded", but, [](auto& s) { s.resources = {kMail, kNotes}; }, Reason::included},
        {"one is listed and excluded, the other not listed",
         [](auto& c) { c.applications = {.include_applications = {kMail}, .exclude_applications = {kMail}}; },
         [](auto& s) { s.resources = {kMail, kNotes}; }, Reason::excluded},
        {"security info is registered", action,
         [](auto& s) { s.resources = {}, s.user_action = UserAction::registerSecurityInfo; }, Reason::included},
        {"nothing is registered", action, nothing, Reason::notIncluded},
        {"a policy for all resources is not asked about an action alone", unchanged,
         [](auto& s) { s.resources = {}, s.user_action = UserAction::registerSecurityInfo; }, Reason::notIncluded},
        {"but is where the action comes with a resource", unchanged,
         [](auto& s) { s.user_action = UserAction::registerSecurityInfo; }, Reason::included},
    }));
    check(row, ConditionName::applications);
}

TEST_CASE("a user action is not evaluated in report-only (CAV-25)") {
    auto policy                    = mfa_for_all();
    policy.state                   = PolicyState::enabledForReportingButNotEnforced;
    policy.conditions.applications = {.user_actions = {UserAction::registerSecurityInfo}};
    auto sign_in                   = alice();
    sign_in.user_action            = UserAction::registerSecurityInfo;
    const CompiledPolicies compiled({policy}, {});

    const auto answer = evaluate(compiled, sign_in).answer(0);
    CHECK_FALSE(answer.applies());
    CHECK(answer.reasons[static_cast<std::size_t>(ConditionName::applications)] == Reason::notInReportOnly);
}

TEST_CASE("authentication flows: in use, or the one the session began with (CA-017, PROTO-128)") {
    const auto device = [](auto& c) { c.transfer_methods = {TransferMethod::deviceCodeFlow}; };
    const auto row    = GENERATE_COPY(values<Row>({
        {"absent", unchanged, [](auto& s) { s.transfer_method = TransferMethod::deviceCodeFlow; }, Reason::notConfigured},
        {"in use", device, [](auto& s) { s.transfer_method = TransferMethod::deviceCodeFlow; }, Reason::listed},
        {"tracked", device, [](auto& s) { s.original_transfer_method = TransferMethod::deviceCodeFlow; }, Reason::listed},
        {"another flow", device, [](auto& s) { s.transfer_method = TransferMethod::authenticationTransfer; }, Reason::notListed},
        {"no such flow", device, nothing, Reason::notListed},
    }));
    check(row, ConditionName::authenticationFlows);
}

TEST_CASE("client apps: absent means all four, legacy included (CA-015)") {
    const auto legacy = [](auto& c) { c.client_app_types = {ClientAppType::other}; };
    const auto row    = GENERATE_COPY(values<Row>({
        {"absent", unchanged, nothing, Reason::notConfigured},
        {"absent, legacy", unchanged, [](auto& s) { s.client_app = ClientAppType::other; }, Reason::notConfigured},
        {"listed", legacy, [](auto& s) { s.client_app = ClientAppType::other; }, Reason::listed},
        {"not listed", legacy, nothing, Reason::notListed},
    }));
    check(row, ConditionName::clientAppTypes);
}

TEST_CASE("locations: include needs one, exclude needs one, trusted is a flag (CA-014)") {
    const auto with = [](LocationsCondition locations) { return [locations](Conditions& c) { c.locations = locations; }; };
    const auto at   = [](LocationFacts facts) { return [facts](SignInContext& s) { s.location = facts; }; };
    const LocationFacts office{{kOffice, kFrance}, true, true, "FR"}, home{{kHome}, false, true, "FR"}, unknown{};
    const auto row = GENERATE_COPY(values<Row>({
        {"absent", unchanged, at(home), Reason::notConfigured},
        {"all", with({.include_all = true}), at(home), Reason::included},
        {"all, address unknown", with({.include_all = true}), at(unknown), Reason::included},
        {"listed", with({.include_locations = {kFrance, kOffice}}), at(office), Reason::included},
        {"not listed", with({.include_locations = {kOffice}}), at(home), Reason::notIncluded},
        {"listed, address unknown", with({.include_locations = {kOffice}}), at(unknown), Reason::notIncluded},
        {"trusted", with({.include_all_trusted = true}), at(office), Reason::included},
        {"trusted, not there", with({.include_all_trusted = true}), at(home), Reason::notIncluded},
        {"all but trusted, there", with({.include_all = true, .exclude_all_trusted = true}), at(office), Reason::excluded},
        {"all but trusted, elsewhere", with({.include_all = true, .exclude_all_trusted = true}), at(home), Reason::included},
        {"all but trusted, address unknown", with({.include_all = true, .exclude_all_trusted = true}), at(unknown), Reason::included},
        {"all but one, there", with({.include_all = true, .exclude_locations = {kFrance}}), at(office), Reason::excluded},
        {"the same included and excluded", with({.include_locations = {kOffice}, .exclude_locations = {kOffice}}), at(office),
         Reason::excluded},
    }));
    check(row, ConditionName::locations);
}

TEST_CASE("risk levels are a set, not a threshold, and an unknown risk is in no set (CA-012, E8)") {
    const auto levels = [](EnumSet<RiskLevel> set) { return [set](Conditions& c) { c.sign_in_risk_levels = set; }; };
    const auto risk   = [](std::optional<RiskLevel> level) { return [level](SignInContext& s) { s.sign_in_risk = level; }; };
    const auto row    = GENERATE_COPY(values<Row>({
        {"absent", unchanged, risk(RiskLevel::high), Reason::notConfigured},
        {"absent, unknown", unchanged, risk({}), Reason::notConfigured},
        {"listed", levels({RiskLevel::medium}), risk(RiskLevel::medium), Reason::listed},
        {"medium leaves high alone", levels({RiskLevel::medium}), risk(RiskLevel::high), Reason::notListed},
        {"below", levels({RiskLevel::medium, RiskLevel::high}), risk(RiskLevel::low), Reason::notListed},
        {"none is a level of sign-in risk", levels({RiskLevel::none}), risk(RiskLevel::none), Reason::listed},
        {"unknown", levels({RiskLevel::none, RiskLevel::low, RiskLevel::medium, RiskLevel::high}), risk({}), Reason::unknown},
        {"unknown counts as medium", levels({RiskLevel::medium}),
         [](auto& s) { s.sign_in_risk = {}, s.treat_unknown_risk_as = RiskLevel::medium; }, Reason::listed},
    }));
    check(row, ConditionName::signInRiskLevels);
}

TEST_CASE("user risk is matched like sign-in risk") {
    const auto levels = [](EnumSet<RiskLevel> set) { return [set](Conditions& c) { c.user_risk_levels = set; }; };
    const auto risk   = [](std::optional<RiskLevel> level) { return [level](SignInContext& s) { s.user_risk = level; }; };
    const auto row    = GENERATE_COPY(values<Row>({
        {"absent", unchanged, risk(RiskLevel::high), Reason::notConfigured},
        {"listed", levels({RiskLevel::high}), risk(RiskLevel::high), Reason::listed},
        {"not listed", levels({RiskLevel::high}), risk(RiskLevel::medium), Reason::notListed},
        {"unknown", levels({RiskLevel::high}), risk({}), Reason::unknown},
    }));
    check(row, ConditionName::userRiskLevels);
}

TEST_CASE("the first unsatisfied condition follows the order of the specification, not of the document (§3.3)") {
    auto policy                           = mfa_for_all();
    policy.conditions.user_risk_levels    = {RiskLevel::high};
    policy.conditions.sign_in_risk_levels = {RiskLevel::high};
    policy.conditions.locations           = LocationsCondition{.include_all_trusted = true};
    const CompiledPolicies compiled({policy}, {});

    auto sign_in      = alice();
    const auto first  = [&] { return evaluate(compiled, sign_in).answer(0).first_unsatisfied(); };
    CHECK(first() == ConditionName::locations);
    sign_in.location.is_trusted = true;
    CHECK(first() == ConditionName::signInRiskLevels);
    sign_in.sign_in_risk = RiskLevel::high;
    CHECK(first() == ConditionName::userRiskLevels);
    sign_in.user_risk = RiskLevel::high;
    CHECK_FALSE(first());
}

TEST_CASE("an explanation says in words what the decision saw") {
    auto policy                           = policy_for_sign_in_risk();
    policy.conditions.users               = {.include_groups = {kSales}};
    policy.conditions.locations           = LocationsCondition{.include_all = true, .exclude_locations = {kOffice}};
    auto sign_in                          = alice();
    sign_in.groups                        = {kStaff, kSales};
    sign_in.location.matched              = {kOffice};
    const CompiledPolicies compiled({policy}, {});

    const auto because = [&](ConditionName name) {
        return explain(evaluate(compiled, sign_in), 0, sign_in)[static_cast<std::size_t>(name)].because;
    };
    CHECK(because(ConditionName::users) == "included through group " + to_string(kSales));
    CHECK(because(ConditionName::applications) == "all resources are included");
    CHECK(because(ConditionName::authenticationFlows) == "not configured");
    CHECK(because(ConditionName::locations) == "location " + to_string(kOffice) + " is excluded");
    CHECK(because(ConditionName::signInRiskLevels) == "sign-in risk is none, the policy asks for medium or high");
    sign_in.sign_in_risk = std::nullopt;
    CHECK(because(ConditionName::signInRiskLevels) == "sign-in risk is unknown, the policy asks for medium or high");
}

// --- Properties ----------------------------------------------------------------------------------------------------

namespace {

/// The specification's sentence of each condition, one policy at a time: what the columns must agree with.
struct Oracle {
    const Conditions& c;
    const SignInContext& s;
    bool is_emergency;

    template <class Ids, class Id>
    static bool in(const Ids& ids, const Id& id) {
        return std::ranges::find(ids, id) != ids.end();
    }
    template <class Ids, class Facts>
    static bool meets(const Ids& ids, const Facts& facts) {
        return std::ranges::any_of(facts, [&](const auto& fact) { return in(ids, fact); });
    }
    bool users() const {
        const bool guest    = s.user_type == identity::UserType::guest;
        const bool included = c.users.include == Scope::all || (guest && c.users.include_guests) || in(c.users.include_users, s.user) ||
                              meets(c.users.include_groups, s.groups) || meets(c.users.include_roles, s.roles);
        const bool excluded = (guest && c.users.exclude_guests) || in(c.users.exclude_users, s.user) ||
                              meets(c.users.exclude_groups, s.groups) || meets(c.users.exclude_roles, s.roles);
        return included && !excluded && !is_emergency;
    }
    bool applications() const {
        return std::ranges::any_of(s.resources, [&](const auto& resource) {
            return (c.applications.include == Scope::all || in(c.applications.include_applications, resource)) &&
                   !in(c.applications.exclude_applications, resource);
        });
    }
    bool flows() const {
        return c.transfer_methods.empty() || (s.transfer_method && c.transfer_methods.contains(*s.transfer_method));
    }
    bool clients() const { return c.client_app_types.empty() || c.client_app_types.contains(s.client_app); }
    bool locations() const {
        if (!c.locations) return true;
        const bool included = c.locations->include_all || (s.location.is_trusted && c.locations->include_all_trusted) ||
                              meets(c.locations->include_locations, s.location.matched);
        const bool excluded = (s.location.is_trusted && c.locations->exclude_all_trusted) ||
                              meets(c.locations->exclude_locations, s.location.matched);
        return included && !excluded;
    }
    static bool risk(EnumSet<RiskLevel> levels, std::optional<RiskLevel> level) {
        return levels.empty() || (level && levels.contains(*level));
    }
    EnumSet<ConditionName> matched() const {
        EnumSet<ConditionName> set;
        const std::array answers = {users(), applications(), flows(), clients(), locations(),
                                    risk(c.sign_in_risk_levels, s.sign_in_risk), risk(c.user_risk_levels, s.user_risk)};
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (answers[i]) set.insert(static_cast<ConditionName>(i));
        }
        return set;
    }
};

/// Small domains, so that everything meets everything.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : random_(seed) {}

    bool once_in(std::uint32_t n) { return random_() % n == 0; }
    template <class Id>
    std::vector<Id> ids(std::uint32_t count) {
        std::vector<Id> list;
        for (std::uint32_t i = 0; i < count; ++i) list.push_back({9, 1 + random_() % 6});
        return list;
    }
    EnumSet<RiskLevel> levels() {
        EnumSet<RiskLevel> set;
        for (const auto level : kRiskLevels) {
            if (once_in(4)) set.insert(level);
        }
        return set;
    }
    std::optional<RiskLevel> level() {
        const auto n = random_() % 5;
        return n == 4 ? std::nullopt : std::optional{static_cast<RiskLevel>(n)};
    }
    std::optional<TransferMethod> method() {
        return once_in(2) ? std::nullopt : std::optional{static_cast<TransferMethod>(random_() % 2)};
    }
    ClientAppType client() { return static_cast<ClientAppType>(random_() % 4); }

    Policy policy(std::uint64_t number) {
        auto made   = mfa_for_all(number);
        auto& users = made.conditions.users;
        users       = {once_in(2) ? Scope::all : Scope::listed, once_in(4), ids<UserId>(1), ids<GroupId>(1), ids<RoleId>(1),
                       once_in(4), ids<UserId>(once_in(3)), ids<GroupId>(once_in(3)), ids<RoleId>(once_in(3))};
        auto& applications                = made.conditions.applications;
        applications.include              = once_in(2) ? Scope::all : Scope::listed;
        applications.include_applications = ids<ApplicationId>(2);
        applications.exclude_applications = ids<ApplicationId>(once_in(2));
        made.conditions.sign_in_risk_levels = levels();
        made.conditions.user_risk_levels    = levels();
        if (once_in(2)) made.conditions.client_app_types = {client(), client()};
        if (const auto flow = method()) made.conditions.transfer_methods = {*flow};
        if (once_in(2))
            made.conditions.locations = LocationsCondition{once_in(3), once_in(3), ids<LocationId>(2), once_in(3), ids<LocationId>(once_in(2))};
        return made;
    }
    SignInContext sign_in() {
        SignInContext made{.user = ids<UserId>(1)[0], .groups = ids<GroupId>(2), .roles = ids<RoleId>(1),
                           .resources = ids<ApplicationId>(2), .client_app = client(), .transfer_method = method(),
                           .sign_in_risk = level(), .user_risk = level()};
        if (once_in(3)) made.user_type = identity::UserType::guest;
        made.location = {ids<LocationId>(2), once_in(2), true, {}};
        return made;
    }

private:
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("every policy's answer is the conjunction of its conditions, whatever the policies (CA-011)") {
    Dice dice(20240117);
    for (int round = 0; round < 20; ++round) {
        std::vector<Policy> policies;
        for (std::uint64_t i = 0; i < 150; ++i) policies.push_back(dice.policy(i));
        const CompiledPolicies compiled(policies, {UserId{9, 1}});
        for (int attempt = 0; attempt < 20; ++attempt) {
            const auto sign_in  = dice.sign_in();
            const auto decision = evaluate(compiled, sign_in);
            for (std::size_t i = 0; i < policies.size(); ++i) {
                const auto expected = Oracle{policies[i].conditions, sign_in, sign_in.user == UserId{9, 1}}.matched();
                const auto answer   = decision.answer(i);
                REQUIRE(answer.matched == expected);
                REQUIRE(is_set(decision.applies(), i) == answer.applies());
            }
        }
    }
}

TEST_CASE("the same policies and facts give the same answers, in any order of policies (E1, E6, CA-076)") {
    Dice dice(7);
    std::vector<Policy> policies;
    for (std::uint64_t i = 0; i < 130; ++i) policies.push_back(dice.policy(i));
    auto reversed = policies;
    std::ranges::reverse(reversed);
    const CompiledPolicies forth(policies, {}), again(policies, {}), back(reversed, {});

    for (int attempt = 0; attempt < 50; ++attempt) {
        const auto sign_in = dice.sign_in();
        const auto a = evaluate(forth, sign_in), b = evaluate(again, sign_in), c = evaluate(back, sign_in);
        CHECK(std::ranges::equal(a.applies(), b.applies()));
        for (std::size_t i = 0; i < policies.size(); ++i) {
            REQUIRE(a.answer(i).reasons == b.answer(i).reasons);
            REQUIRE(a.answer(i).reasons == c.answer(policies.size() - 1 - i).reasons);
        }
    }
}

TEST_CASE("no policies is a decision too") {
    const CompiledPolicies none;
    CHECK(evaluate(none, alice()).policies().empty());
    CHECK(evaluate(none, alice()).applies().empty());
}

TEST_CASE("bench: evaluation of 10, 200 and 10000 policies", "[.bench]") {
    using clock = std::chrono::steady_clock;
    for (const std::uint64_t count : {10U, 200U, 10'000U}) {
        std::mt19937_64 random(count);
        std::vector<Policy> policies;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto policy = mfa_for_all(i);
            if (i % 3 != 0) policy.conditions.users = {.include_groups = {{2, random() % 500}, {2, random() % 500}}};
            policy.conditions.users.exclude_users = {kBreakGlass};
            if (i % 2 == 0) policy.conditions.applications = {.include_applications = {{4, random() % 300}}};
            if (i % 4 == 0) policy.conditions.sign_in_risk_levels = {RiskLevel::medium, RiskLevel::high};
            if (i % 5 == 0) policy.conditions.locations = LocationsCondition{.include_all = true, .exclude_all_trusted = true};
            policies.push_back(policy);
        }
        const CompiledPolicies compiled(policies, {kBreakGlass});
        auto sign_in         = alice();
        sign_in.sign_in_risk = RiskLevel::medium;
        for (std::uint64_t g = 0; g < 20; ++g) sign_in.groups.push_back({2, random() % 500});

        const int rounds   = count > 1000 ? 20'000 : 200'000;
        std::uint64_t sink  = 0;
        const auto started  = clock::now();
        for (int i = 0; i < rounds; ++i) sink += evaluate(compiled, sign_in).applies()[0];
        const auto spent_ns = std::chrono::duration<double, std::nano>(clock::now() - started).count() / rounds;
        std::cout << count << " policies: " << spent_ns << " ns a sign-in, " << spent_ns / static_cast<double>(count)
                  << " ns a policy (" << sink % 2 << ")\n";
    }
}
