#include "core/controls/next_step.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <iostream>

#include "core/controls/applied_policies.h"
#include "core/policy/test_policies.h"

using namespace portcullis;
using namespace portcullis::controls;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;
using namespace std::chrono_literals;

namespace {

const Instant kNow = from_unix_seconds(1'800'000'000);

/// The password was given a moment ago, in a transaction that began two minutes ago.
SessionFacts just_signed_in() {
    return {.now = kNow, .transaction_began = kNow - 2min, .first_factor_at = kNow - 1min};
}

/// Single sign-on: everything was proven in an earlier transaction, `ago`.
SessionFacts proven(Duration ago) {
    return {.now = kNow, .transaction_began = kNow, .first_factor_at = kNow - ago, .mfa_at = kNow - ago};
}

constexpr Capabilities kAble{.can_mfa = true, .can_register = true, .can_change_password = true};
constexpr Capabilities kUnregistered{.can_mfa = false, .can_register = true, .can_change_password = true};

Step step_of(const std::vector<Policy>& policies, const SignInContext& sign_in, const SessionFacts& session,
             const Capabilities& user = kAble) {
    const CompiledPolicies compiled(policies, {kBreakGlass});
    return next_step(evaluate(compiled, sign_in), session, user);
}

/// `grant`, `mfa`, `passwordChange`, `reauthenticate`, `register`, `skippable`, or the code of a refusal.
std::string shown(const Step& step) {
    if (std::holds_alternative<Grant>(step)) return "grant";
    if (std::holds_alternative<Reauthenticate>(step)) return "reauthenticate";
    if (const auto* interrupt = std::get_if<Interrupt>(&step)) return std::string(to_string(interrupt->control));
    if (const auto* reg = std::get_if<Register>(&step)) return reg->due == RegistrationDue::forced ? "register" : "skippable";
    return std::to_string(number_of(error_code(step, Interaction::interactive)));
}

SignInContext at_risk(RiskLevel sign_in_risk, RiskLevel user_risk) {
    auto sign_in         = alice();
    sign_in.sign_in_risk = sign_in_risk;
    sign_in.user_risk    = user_risk;
    return sign_in;
}

Policy blocking(Policy policy) {
    policy.grant_controls = GrantControls{GrantOperator::AND, {GrantControl::block}};
    return policy;
}

Policy with_frequency(Policy policy, SignInFrequency frequency) {
    policy.session_controls.sign_in_frequency = frequency;
    return policy;
}

SignInFrequency hours(int value) { return {FrequencyInterval::timeBased, value, FrequencyUnit::hours}; }

}  // namespace

TEST_CASE("three policies and three levels give the nine expected outcomes (IDP-003)") {
    struct Row {
        std::string policy;
        RiskLevel level;
        std::string outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"mfa", RiskLevel::low, "grant"},      {"mfa", RiskLevel::medium, "mfa"},      {"mfa", RiskLevel::high, "mfa"},
        {"change", RiskLevel::low, "grant"},   {"change", RiskLevel::medium, "grant"}, {"change", RiskLevel::high, "passwordChange"},
        {"block", RiskLevel::low, "grant"},    {"block", RiskLevel::medium, "grant"},  {"block", RiskLevel::high, "53003"},
    }));
    INFO(row.policy << " at " << to_string(row.level));
    auto block_high                           = blocking(policy_for_sign_in_risk());
    block_high.conditions.sign_in_risk_levels = {RiskLevel::high};

    auto session = just_signed_in();
    if (row.policy == "mfa") {
        CHECK(shown(step_of({policy_for_sign_in_risk()}, at_risk(row.level, RiskLevel::none), session)) == row.outcome);
    } else if (row.policy == "change") {
        session.mfa_at = kNow;  // the first half of the control
        CHECK(shown(step_of({policy_for_user_risk()}, at_risk(RiskLevel::none, row.level), session)) == row.outcome);
    } else {
        CHECK(shown(step_of({block_high}, at_risk(row.level, RiskLevel::none), session)) == row.outcome);
    }
}

TEST_CASE("the demo's policies: who is asked for what (contracts §2, PROTO-206)") {
    struct Row {
        std::string sentence;
        SignInContext sign_in;
        Capabilities user;
        std::string outcome;
    };
    auto legacy              = alice();
    legacy.client_app        = ClientAppType::other;
    auto break_glass         = at_risk(RiskLevel::high, RiskLevel::high);
    break_glass.user         = kBreakGlass;
    auto unknown             = alice();
    unknown.sign_in_risk     = std::nullopt;
    auto unknown_as_medium   = unknown;
    unknown_as_medium.treat_unknown_risk_as = RiskLevel::medium;

    const auto row = GENERATE_COPY(values<Row>({
        {"alice from home", alice(), kAble, "grant"},
        {"alice from a Tor exit", at_risk(RiskLevel::medium, RiskLevel::medium), kAble, "mfa"},
        {"carol", at_risk(RiskLevel::none, RiskLevel::high), kAble, "mfa"},
        {"dave has no method and is at risk", at_risk(RiskLevel::none, RiskLevel::high), kUnregistered, "53004"},
        {"bob has no method, from a Tor exit", at_risk(RiskLevel::medium, RiskLevel::none), kUnregistered, "53004"},
        {"bob has no method, from home", alice(), kUnregistered, "grant"},
        {"a legacy client", legacy, kAble, "53003"},
        {"a break-glass account at high risk", break_glass, kUnregistered, "grant"},
        {"unknown risk matches no level", unknown, kAble, "grant"},
        {"unknown risk that counts as medium", unknown_as_medium, kAble, "mfa"},
    }));
    INFO(row.sentence);
    CHECK(shown(step_of(demo_policies(), row.sign_in, just_signed_in(), row.user)) == row.outcome);
}

TEST_CASE("one MFA serves both risk policies, then the password is changed, then the sign-in goes on (C4, C6, CA-038)") {
    const auto sign_in = at_risk(RiskLevel::high, RiskLevel::high);
    auto session       = just_signed_in();

    const auto first = step_of(demo_policies(), sign_in, session);
    CHECK(shown(first) == "mfa");
    CHECK(std::get<Interrupt>(first).driven_by == RiskDriver::both);
    CHECK(std::get<Interrupt>(first).policies.size() == 2);

    session.mfa_at    = kNow;
    const auto second = step_of(demo_policies(), sign_in, session);
    CHECK(shown(second) == "passwordChange");
    CHECK(std::get<Interrupt>(second).driven_by == RiskDriver::userRisk);
    CHECK(number_of(error_code(second, Interaction::interactive)) == 50135);

    // Pinned risk (E4): both policies are met, and nothing is asked again.
    session.password_changed_at = kNow + 1min;
    session.now                 = kNow + 9min;
    const auto third            = step_of(demo_policies(), sign_in, session);
    REQUIRE(shown(third) == "grant");
    REQUIRE(std::get<Grant>(third).satisfied.size() == 2);
    CHECK(std::get<Grant>(third).satisfied[0].driven_by == RiskDriver::both);
    CHECK(std::get<Grant>(third).satisfied[1].control == GrantControl::passwordChange);
    // Re-evaluated with user risk none (C6): no loop either.
    CHECK(shown(step_of(demo_policies(), at_risk(RiskLevel::high, RiskLevel::none), session)) == "grant");
}

TEST_CASE("block comes before remediation and before any prompt (C3, E2, CA-019, CA-041, IDP-111)") {
    auto block_user_risk = blocking(policy_for_user_risk(8));
    const auto sign_in   = at_risk(RiskLevel::none, RiskLevel::high);

    const auto blocked = step_of({policy_for_user_risk(), mfa_for_all(5), block_user_risk}, sign_in, just_signed_in());
    CHECK(shown(blocked) == "53003");
    CHECK(std::get<Refuse>(blocked).policies == std::vector{block_user_risk.id});
    // Even where a fresh first factor would be demanded.
    CHECK(shown(step_of({policy_for_user_risk(), block_user_risk}, sign_in, proven(1h))) == "53003");
    // Without the block, MFA and then password change.
    CHECK(shown(step_of({policy_for_user_risk()}, sign_in, just_signed_in())) == "mfa");
}

TEST_CASE("a password change counts only after MFA in the same transaction (§3.5)") {
    struct Row {
        std::string sentence;
        SessionFacts session;
        std::string outcome;
    };
    const auto with = [](std::optional<Instant> mfa, std::optional<Instant> changed) {
        auto session                = just_signed_in();
        session.mfa_at              = mfa;
        session.password_changed_at = changed;
        return session;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing yet", with({}, {}), "mfa"},
        {"MFA of an earlier transaction, within the tolerance", with(kNow - 3min, {}), "mfa"},
        {"MFA of this transaction", with(kNow - 1min, {}), "passwordChange"},
        {"changed before MFA", with(kNow - 1min, kNow - 90s), "passwordChange"},
        {"changed without MFA", with({}, kNow), "mfa"},
        {"changed after MFA", with(kNow - 1min, kNow), "grant"},
    }));
    INFO(row.sentence);
    CHECK(shown(step_of({policy_for_user_risk()}, at_risk(RiskLevel::none, RiskLevel::high), row.session)) == row.outcome);
}

TEST_CASE("every time: what was finished within five minutes counts, what is older does not (CA-033, IDP §3.4)") {
    struct Row {
        std::string sentence;
        Duration ago;
        std::string outcome;
    };
    const auto row = GENERATE(values<Row>({
        {"just now", 0s, "grant"},
        {"just under", 5min - 1ms, "grant"},
        {"exactly", 5min, "grant"},
        {"just over", 5min + 1ms, "reauthenticate"},
        {"an hour", 1h, "reauthenticate"},
    }));
    INFO(row.sentence);
    CHECK(shown(step_of({with_frequency(mfa_for_all(), {})}, alice(), proven(row.ago))) == row.outcome);
}

TEST_CASE("every time asks for both factors again, or only for the second where the policy says so (§3.6)") {
    auto both              = proven(1h);
    const auto policy      = with_frequency(mfa_for_all(), {});
    auto second_only       = policy;
    second_only.session_controls.sign_in_frequency->authentication = FrequencyAuthentication::secondaryAuthentication;

    CHECK(shown(step_of({policy}, alice(), both)) == "reauthenticate");
    both.transaction_began = kNow - 1min;
    both.first_factor_at   = kNow;
    const auto stale       = step_of({policy}, alice(), both);
    CHECK(shown(stale) == "mfa");
    CHECK(number_of(error_code(stale, Interaction::interactive)) == 50078);
    CHECK(shown(step_of({second_only}, alice(), proven(1h))) == "mfa");
}

TEST_CASE("what this transaction proved stays good until it ends, however slow the person is") {
    SessionFacts session{.now = kNow, .transaction_began = kNow - 12min, .first_factor_at = kNow - 11min, .mfa_at = kNow - 6min};
    CHECK(shown(step_of({with_frequency(mfa_for_all(), {})}, alice(), session)) == "grant");
}

TEST_CASE("time-based frequency: not at 59 minutes, at one hour and one minute (CA-032); the shortest wins (CA-034)") {
    const auto one = with_frequency(mfa_for_all(1), hours(1)), four = with_frequency(mfa_for_all(2), hours(4));
    CHECK(shown(step_of({one}, alice(), proven(59min))) == "grant");
    CHECK(shown(step_of({one}, alice(), proven(61min))) == "reauthenticate");
    CHECK(shown(step_of({four}, alice(), proven(61min))) == "grant");
    CHECK(shown(step_of({four, one}, alice(), proven(61min))) == "reauthenticate");
    const auto days = with_frequency(mfa_for_all(1), {FrequencyInterval::timeBased, 2, FrequencyUnit::days});
    CHECK(shown(step_of({days}, alice(), proven(47h))) == "grant");
    CHECK(shown(step_of({days}, alice(), proven(49h))) == "reauthenticate");
}

TEST_CASE("a frequency of one policy makes the MFA of another stale, and none is enforced where it is deferred (§3.6)") {
    auto session_only           = with_frequency(mfa_for_all(2), hours(1));
    session_only.grant_controls = std::nullopt;
    session_only.session_controls.sign_in_frequency->authentication = FrequencyAuthentication::secondaryAuthentication;

    CHECK(shown(step_of({mfa_for_all(), session_only}, alice(), proven(2h))) == "mfa");
    auto deferred            = proven(2h);
    deferred.frequency_check = FrequencyCheck::deferred;
    CHECK(shown(step_of({mfa_for_all(), session_only}, alice(), deferred)) == "grant");
    deferred.mfa_at = std::nullopt;
    CHECK(shown(step_of({mfa_for_all(), session_only}, alice(), deferred)) == "mfa");
}

TEST_CASE("no first factor is no sign-in, and a time in the future proves nothing") {
    SessionFacts session{.now = kNow, .transaction_began = kNow};
    CHECK(shown(step_of({}, alice(), session)) == "reauthenticate");
    auto emergency = alice();
    emergency.user = kBreakGlass;
    CHECK(shown(step_of({}, emergency, session)) == "reauthenticate");

    auto future   = proven(0s);
    future.mfa_at = kNow + 1h;
    CHECK(shown(step_of({mfa_for_all()}, alice(), future)) == "mfa");
}

TEST_CASE("persistent browser: never beats always, and absent leaves the question to the user (CA-035)") {
    const auto with = [](std::uint64_t number, PersistentBrowserMode mode) {
        auto policy                                = mfa_for_all(number);
        policy.session_controls.persistent_browser = mode;
        return policy;
    };
    const auto limits = [&](const std::vector<Policy>& policies) {
        return std::get<Grant>(step_of(policies, alice(), proven(0s))).limits.persistent_browser;
    };
    const auto always = with(1, PersistentBrowserMode::always), never = with(2, PersistentBrowserMode::never);
    CHECK_FALSE(limits({mfa_for_all()}));
    CHECK(limits({always}) == PersistentBrowserMode::always);
    CHECK(limits({always, never}) == PersistentBrowserMode::never);
    CHECK(limits({never, always}) == PersistentBrowserMode::never);
}

TEST_CASE("MFA that nobody can do: registration without risk, refusal with it (CA-024, CA-025, PROTO-207)") {
    struct Row {
        std::string sentence;
        SignInContext sign_in;
        bool can_register;
        std::string outcome;
    };
    auto unknown         = alice();
    unknown.sign_in_risk = std::nullopt;
    const auto row       = GENERATE_COPY(values<Row>({
        {"no risk", alice(), true, "register"},
        {"low risk", at_risk(RiskLevel::low, RiskLevel::low), true, "register"},
        {"nothing to register", alice(), false, "530031"},
        {"the session's own risk is medium", at_risk(RiskLevel::medium, RiskLevel::none), true, "53004"},
        {"the user is at risk", at_risk(RiskLevel::none, RiskLevel::high), true, "53004"},
        {"the risk is unknown", unknown, true, "53004"},
    }));
    INFO(row.sentence);
    const Capabilities user{.can_mfa = false, .can_register = row.can_register};
    // A policy that does not look at risk.
    CHECK(shown(step_of({mfa_for_all()}, row.sign_in, just_signed_in(), user)) == row.outcome);
}

TEST_CASE("a risk policy refuses the unregistered even at a level that would allow registration (§3.5)") {
    auto low                           = policy_for_sign_in_risk();
    low.conditions.sign_in_risk_levels = {RiskLevel::low};
    const auto step = step_of({low, mfa_for_all(9)}, at_risk(RiskLevel::low, RiskLevel::none), just_signed_in(), kUnregistered);
    CHECK(shown(step) == "53004");
    CHECK(std::get<Refuse>(step).policies.size() == 2);
}

TEST_CASE("registration is not offered on top of a first factor that is too old") {
    CHECK(shown(step_of({with_frequency(mfa_for_all(), {})}, alice(), proven(1h), kUnregistered)) == "reauthenticate");
}

TEST_CASE("the registration policy: skippable, then forced, never at risk, and after everything else (IDP §3.8, PROTO-207)") {
    struct Row {
        std::string sentence;
        SignInContext sign_in;
        Capabilities user;
        std::string outcome;
    };
    const auto due = [](RegistrationDue when) { return Capabilities{.can_register = true, .registration = when}; };
    auto unknown         = alice();
    unknown.user_risk    = std::nullopt;
    auto legacy          = alice();
    legacy.client_app    = ClientAppType::other;
    auto emergency       = alice();
    emergency.user       = kBreakGlass;
    const auto row       = GENERATE_COPY(values<Row>({
        {"within the window", alice(), due(RegistrationDue::skippable), "skippable"},
        {"window over", alice(), due(RegistrationDue::forced), "register"},
        {"skipped in this sign-in", alice(), due(RegistrationDue::notDue), "grant"},
        {"has a method", alice(), {.can_mfa = true, .registration = RegistrationDue::forced}, "grant"},
        {"at risk within the window", at_risk(RiskLevel::medium, RiskLevel::none), due(RegistrationDue::skippable), "53004"},
        {"at risk, window over", at_risk(RiskLevel::none, RiskLevel::high), due(RegistrationDue::forced), "53004"},
        {"unknown risk within the window", unknown, due(RegistrationDue::skippable), "grant"},
        {"unknown risk, window over", unknown, due(RegistrationDue::forced), "53004"},
        {"a client without pages", legacy, due(RegistrationDue::forced), "grant"},
        {"an emergency account", emergency, due(RegistrationDue::forced), "grant"},
    }));
    INFO(row.sentence);
    CHECK(shown(step_of({}, row.sign_in, just_signed_in(), row.user)) == row.outcome);
}

TEST_CASE("registering security info is subject to its own policies, and refused at risk (CA-007, §3.5)") {
    auto outside                      = blocking(mfa_for_all());
    outside.conditions.applications   = {.user_actions = {UserAction::registerSecurityInfo}};
    outside.conditions.locations      = LocationsCondition{.include_all = true, .exclude_all_trusted = true};
    auto with_mfa                     = mfa_for_all();
    with_mfa.conditions.applications  = outside.conditions.applications;
    auto sign_in                      = alice();
    sign_in.user_action               = UserAction::registerSecurityInfo;
    auto risky                        = sign_in;
    risky.user_risk                   = RiskLevel::high;

    CHECK(shown(step_of({outside}, sign_in, just_signed_in())) == "53010");
    CHECK(shown(step_of({outside, blocking(mfa_for_all(2))}, sign_in, just_signed_in())) == "53003");
    CHECK(shown(step_of({with_mfa}, sign_in, just_signed_in(), kUnregistered)) == "53010");
    CHECK(shown(step_of({with_mfa}, sign_in, just_signed_in())) == "mfa");
    CHECK(shown(step_of({}, risky, just_signed_in())) == "53004");
    sign_in.location.is_trusted = true;
    CHECK(shown(step_of({outside}, sign_in, just_signed_in())) == "grant");
}

TEST_CASE("a client that cannot show pages is refused whatever it is asked for (CA-078)") {
    auto legacy       = alice();
    legacy.client_app = ClientAppType::other;
    CHECK(shown(step_of({mfa_for_all()}, legacy, just_signed_in())) == "50076");
    CHECK(shown(step_of({with_frequency(mfa_for_all(), {})}, legacy, proven(1h))) == "50076");
    CHECK(shown(step_of({}, legacy, just_signed_in())) == "grant");
}

TEST_CASE("a user without a password that could be changed here is refused, before any prompt (IDP §3.6)") {
    const Capabilities user{.can_mfa = true, .can_change_password = false};
    CHECK(shown(step_of({policy_for_user_risk()}, at_risk(RiskLevel::none, RiskLevel::high), just_signed_in(), user)) == "530031");
}

TEST_CASE("a policy on device code can block the flow, and later requests of its session (PROTO-128, CA-017)") {
    auto policy                        = blocking(mfa_for_all());
    policy.conditions.transfer_methods = {TransferMethod::deviceCodeFlow};
    auto sign_in                       = alice();
    CHECK(shown(step_of({policy}, sign_in, just_signed_in())) == "grant");
    sign_in.transfer_method = TransferMethod::deviceCodeFlow;
    CHECK(shown(step_of({policy}, sign_in, just_signed_in())) == "53003");
    sign_in.transfer_method          = std::nullopt;
    sign_in.original_transfer_method = TransferMethod::deviceCodeFlow;
    CHECK(shown(step_of({policy}, sign_in, just_signed_in())) == "53003");
}

TEST_CASE("report-only and disabled policies change nothing (E3, CA-029)") {
    for (const auto state : {PolicyState::disabled, PolicyState::enabledForReportingButNotEnforced}) {
        auto block = blocking(mfa_for_all());
        block.state = state;
        block.session_controls = {SignInFrequency{}, PersistentBrowserMode::never};
        const auto step        = step_of({block}, alice(), proven(1h), kUnregistered);
        REQUIRE(shown(step) == "grant");
        CHECK(std::get<Grant>(step).limits == SessionLimits{});
    }
}

TEST_CASE("an MFA claim that is already there is told apart by what demanded it (E06, §6.2)") {
    auto risk                    = policy_for_sign_in_risk();
    risk.session_controls        = {};
    const auto sign_in           = at_risk(RiskLevel::medium, RiskLevel::none);
    const auto driver            = [&](const std::vector<Policy>& policies) {
        return std::get<Grant>(step_of(policies, sign_in, proven(1h))).satisfied[0].driven_by;
    };
    CHECK(driver({risk}) == RiskDriver::signInRisk);
    CHECK(driver({mfa_for_all()}) == RiskDriver::none);
    CHECK(driver({mfa_for_all(2), risk}) == RiskDriver::signInRisk);
    CHECK(std::get<Grant>(step_of({}, sign_in, proven(1h))).satisfied.empty());
}

TEST_CASE("with OR, one control that is met is enough, and the first in order is asked for (CA-021)") {
    auto either                          = policy_for_user_risk();
    either.grant_controls->op            = GrantOperator::OR;
    either.session_controls              = {};
    const auto sign_in                   = at_risk(RiskLevel::none, RiskLevel::high);
    CHECK(shown(step_of({either}, sign_in, just_signed_in())) == "mfa");
    CHECK(shown(step_of({either}, sign_in, proven(1h))) == "grant");
}

TEST_CASE("codes tell a caller with pages from one without (§17)") {
    using enum Interaction;
    const auto code = [](const Step& step, Interaction interaction) { return number_of(error_code(step, interaction)); };
    CHECK(code(Grant{}, interactive) == 0);
    CHECK(code(Interrupt{GrantControl::mfa, {}, {}, false}, interactive) == 50074);
    CHECK(code(Interrupt{GrantControl::mfa, {}, {}, false}, silent) == 50076);
    CHECK(code(Interrupt{GrantControl::mfa, {}, {}, true}, silent) == 50078);
    CHECK(code(Interrupt{GrantControl::passwordChange, RiskDriver::none, {}, false}, silent) == 50142);
    CHECK(code(Reauthenticate{}, interactive) == 70044);
    CHECK(code(Reauthenticate{}, silent) == 70043);
    CHECK(code(Register{}, interactive) == 50072);
    CHECK(code(Register{}, silent) == 50079);
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK_FALSE(to_string(static_cast<Refusal>(i)).empty());
        CHECK(code(Refuse{static_cast<Refusal>(i), {}}, silent) != 0);
    }
}

// --- The sign-in record --------------------------------------------------------------------------------------------

namespace {

PolicyResult result(const Policy& policy, const SignInContext& sign_in, const SessionFacts& session) {
    const CompiledPolicies compiled({policy}, {});
    return result_of(evaluate(compiled, sign_in), 0, session);
}

Policy in_state(Policy policy, PolicyState state) {
    policy.state = state;
    return policy;
}

}  // namespace

TEST_CASE("each policy's result in the record (CA-028, CA-030)") {
    struct Row {
        std::string sentence;
        Policy policy;
        SessionFacts session;
        PolicyResult result;
    };
    const auto report_only = [](Policy policy) { return in_state(policy, PolicyState::enabledForReportingButNotEnforced); };
    auto session_only           = with_frequency(mfa_for_all(), {});
    session_only.grant_controls = std::nullopt;
    const auto row = GENERATE_COPY(values<Row>({
        {"met", mfa_for_all(), proven(1h), PolicyResult::success},
        {"pending", mfa_for_all(), just_signed_in(), PolicyResult::failure},
        {"blocks", blocking(mfa_for_all()), proven(1h), PolicyResult::failure},
        {"does not apply", policy_for_sign_in_risk(), proven(1h), PolicyResult::notApplied},
        {"disabled", in_state(mfa_for_all(), PolicyState::disabled), proven(1h), PolicyResult::notEnabled},
        {"only a session control, met", session_only, proven(1min), PolicyResult::success},
        {"only a session control, not met", session_only, proven(1h), PolicyResult::failure},
        {"report-only, met", report_only(mfa_for_all()), proven(1h), PolicyResult::reportOnlySuccess},
        {"report-only, would ask", report_only(mfa_for_all()), just_signed_in(), PolicyResult::reportOnlyInterrupted},
        {"report-only, blocks", report_only(blocking(mfa_for_all())), proven(1h), PolicyResult::reportOnlyFailure},
        {"report-only, session control not met", report_only(session_only), proven(1h), PolicyResult::reportOnlyFailure},
        {"report-only, does not apply", report_only(policy_for_sign_in_risk()), proven(1h), PolicyResult::reportOnlyNotApplied},
        {"report-only, its own frequency makes MFA stale", report_only(with_frequency(mfa_for_all(), hours(1))), proven(2h),
         PolicyResult::reportOnlyInterrupted},
    }));
    INFO(row.sentence);
    CHECK(result(row.policy, alice(), row.session) == row.result);
}

TEST_CASE("the record's status is not the worst of the results (CA-031)") {
    using enum ConditionalAccessStatus;
    const auto status = [](const std::vector<Policy>& policies, const SessionFacts& session) {
        const CompiledPolicies compiled(policies, {});
        return conditional_access_status(evaluate(compiled, alice()), session);
    };
    auto elsewhere                   = mfa_for_all();
    elsewhere.conditions.locations   = LocationsCondition{.include_all_trusted = true};
    auto other_app                   = mfa_for_all();
    other_app.conditions.applications = {.include_applications = {kNotes}};

    CHECK(status({}, proven(1h)) == notApplied);
    CHECK(status({other_app}, proven(1h)) == notApplied);
    CHECK(status({elsewhere}, proven(1h)) == success);  // evaluated for user and application, location did not match
    CHECK(status({mfa_for_all()}, proven(1h)) == success);
    CHECK(status({mfa_for_all()}, just_signed_in()) == failure);
    CHECK(status({elsewhere, blocking(mfa_for_all(2))}, proven(1h)) == failure);
    CHECK(status({in_state(blocking(mfa_for_all()), PolicyState::enabledForReportingButNotEnforced)}, proven(1h)) == notApplied);
    CHECK(status({in_state(mfa_for_all(), PolicyState::disabled)}, proven(1h)) == notApplied);
}

TEST_CASE("the record holds every policy: all its conditions in words where it applied, and else why it did not") {
    auto policies = demo_policies();
    const CompiledPolicies compiled(policies, {kBreakGlass});
    const auto sign_in = at_risk(RiskLevel::medium, RiskLevel::none);
    const auto record  = applied_policies(evaluate(compiled, sign_in), sign_in, just_signed_in());

    REQUIRE(record.size() == 3);
    CHECK(record[0].result == PolicyResult::failure);
    CHECK(record[0].enforced_grant_controls == std::vector{GrantControl::mfa});
    CHECK(record[0].enforced_session_controls == std::vector<std::string_view>{"signInFrequency"});
    CHECK(record[1].result == PolicyResult::notApplied);
    CHECK(record[1].enforced_grant_controls.empty());
    for (const auto& entry : record) {
        REQUIRE(entry.conditions.size() == kConditionCount);
        const bool applied = entry.result == PolicyResult::failure;
        for (const auto& condition : entry.conditions) CHECK(condition.because.empty() == (condition.matched && !applied));
    }
    CHECK(record[2].conditions[3].because == "the client is `browser`");

    // Many that do not apply, one that is disabled among them.
    const CompiledPolicies many(std::vector<Policy>(500, policies[2]), {});
    const auto long_record = applied_policies(evaluate(many, sign_in), sign_in, just_signed_in());
    REQUIRE(long_record.size() == 500);
    CHECK_FALSE(long_record[kExplainedMax - 1].conditions[3].because.empty());
    CHECK(long_record[kExplainedMax].conditions[3].because.empty());
    CHECK_FALSE(long_record[499].conditions[3].matched);
    const CompiledPolicies off({in_state(policies[0], PolicyState::disabled)}, {});
    const auto disabled = applied_policies(evaluate(off, sign_in), sign_in, just_signed_in());
    CHECK(disabled[0].result == PolicyResult::notEnabled);
    for (const auto& condition : disabled[0].conditions) CHECK(condition.because.empty());
}

TEST_CASE("bench: decision and next step of 200 and 10000 policies, and the record in words", "[.bench]") {
    using clock = std::chrono::steady_clock;
    for (const std::uint64_t count : {200U, 10'000U}) {
        std::vector<Policy> policies;
        for (std::uint64_t i = 0; i < count; ++i) policies.push_back(i % 2 == 0 ? mfa_for_all(i) : policy_for_sign_in_risk(i));
        const CompiledPolicies compiled(policies, {kBreakGlass});
        const auto sign_in  = alice();
        const int rounds    = 2000;
        std::size_t sink    = 0;
        const auto started  = clock::now();
        for (int i = 0; i < rounds; ++i) sink += next_step(evaluate(compiled, sign_in), proven(1h), kAble).index();
        const auto decided  = clock::now();
        for (int i = 0; i < 20; ++i) sink += applied_policies(evaluate(compiled, sign_in), sign_in, proven(1h)).size();
        const auto recorded = clock::now();
        const auto us       = [](auto spent, int times) { return std::chrono::duration<double, std::micro>(spent).count() / times; };
        std::cout << count << " policies, half of them apply: " << us(decided - started, rounds) << " us a decision, "
                  << us(recorded - decided, 20) << " us a record (" << sink % 2 << ")\n";
    }
}
