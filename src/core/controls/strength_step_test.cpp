#include <catch2/catch.hpp>
#include <chrono>

#include "core/controls/applied_policies.h"
#include "core/controls/next_step.h"
#include "core/policy/test_policies.h"

using namespace portcullis;
using namespace portcullis::controls;
using namespace portcullis::policy;
using namespace portcullis::policy::testing;
using namespace std::chrono_literals;

namespace {

const Instant kNow = from_unix_seconds(1'800'000'000);
constexpr MethodId kApp{8, 1}, kKey{8, 2}, kListedKey{8, 3};
constexpr StrengthId kListedModels{6, 1}, kAppOnly{6, 2}, kTokenOnly{6, 3}, kGone{6, 9};
constexpr auto kModel = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f";

const std::vector<AuthenticationStrength> kOwn{
    {.id = kListedModels, .requirements = Requirements::mfa, .combinations = {{MethodMode::fido2}}, .aaguids = {kModel}},
    {.id = kAppOnly, .requirements = Requirements::mfa, .combinations = {{MethodMode::password, MethodMode::softwareOath}}},
    {.id = kTokenOnly, .requirements = Requirements::mfa, .combinations = {{MethodMode::password, MethodMode::hardwareOath}}}};

Policy demanding(StrengthId strength, std::uint64_t number = 1) {
    auto policy           = mfa_for_all(number);
    policy.grant_controls = GrantControls{GrantOperator::AND, {GrantControl::authenticationStrength}, strength};
    return policy;
}

/// What the document of a user risk policy becomes that asks for `riskRemediation` and says no more (CAV-11).
Policy remediating(StrengthId strength = kMultifactorStrength, std::uint64_t number = 5) {
    auto policy             = policy_for_user_risk(number);
    policy.grant_controls   = GrantControls{GrantOperator::AND, {GrantControl::authenticationStrength, GrantControl::riskRemediation}, strength};
    policy.session_controls = {.sign_in_frequency = SignInFrequency{}};
    return policy;
}

SessionFacts by_password() {
    return {.now = kNow, .transaction_began = kNow - 2min, .first_factor_at = kNow - 1min, .factors = {{AuthMethod::password, kNow - 1min, {}}}};
}
SessionFacts with(SessionFacts session, AuthMethod method, Instant at, std::string aaguid = {}) {
    session.mfa_at = at;
    session.factors.push_back({method, at, std::move(aaguid)});
    return session;
}
/// By password and app, in this transaction.
SessionFacts by_mfa() { return with(by_password(), AuthMethod::softwareOath, kNow - 30s); }

const Offered kAnApp{AuthMethod::softwareOath, kApp, {}}, kAKey{AuthMethod::passkeySynced, kKey, {}};
const Offered kAListedKey{AuthMethod::passkeyHardware, kListedKey, kModel};

/// Somebody who has these second factors and may register others after one of them.
Capabilities having(std::vector<Offered> methods) {
    const bool has_any = !methods.empty();
    return {.can_mfa = has_any, .can_register = !has_any, .can_change_password = true, .methods = std::move(methods),
            .registrable = {{.kind = AuthMethod::passkeyDeviceBound}, {.kind = AuthMethod::softwareOath}}};
}

Step step_of(const std::vector<Policy>& policies, const SessionFacts& session, const Capabilities& user, const SignInContext& sign_in = alice()) {
    const CompiledPolicies compiled(policies, {kBreakGlass}, kOwn);
    return next_step(evaluate(compiled, sign_in), session, user);
}

/// As in next_step_test, with what is asked for or offered behind it.
std::string shown(const Step& step) {
    if (std::holds_alternative<Grant>(step)) return "grant";
    if (std::holds_alternative<Reauthenticate>(step)) return "reauthenticate";
    if (const auto* interrupt = std::get_if<Interrupt>(&step)) {
        std::string text(to_string(interrupt->control));
        for (const auto id : interrupt->methods) text += id == kApp ? " app" : id == kKey ? " key" : " listed";
        if (interrupt->control == GrantControl::riskRemediation)
            text += interrupt->remediation == RemediationBranch::secureChange ? " change" : " again";
        return text;
    }
    if (const auto* reg = std::get_if<Register>(&step)) {
        std::string text = "register";
        for (const auto method : reg->methods) text += method == AuthMethod::softwareOath ? " app" : method == AuthMethod::hardwareOath ? " token" : " key";
        return text + (reg->aaguids.empty() ? "" : " of a listed model");
    }
    return std::to_string(number_of(error_code(step, Interaction::interactive)));
}

SignInContext at_user_risk(RiskLevel level = RiskLevel::high) {
    auto sign_in      = alice();
    sign_in.user_risk = level;
    return sign_in;
}

}  // namespace

TEST_CASE("a strength is asked for after the first factor, of the methods that meet it (CRED-033, CRED-034, IDP-008)") {
    struct Row {
        std::string sentence;
        StrengthId strength;
        SessionFacts session;
        Capabilities user;
        std::string outcome;
    };
    const auto key_first = with({.now = kNow, .transaction_began = kNow - 2min, .first_factor_at = kNow - 1min}, AuthMethod::passkeySynced, kNow - 1min);
    const auto row = GENERATE_COPY(values<Row>({
        {"a passkey as first factor is phishing-resistant", kPhishingResistantStrength, key_first, having({kAKey}), "grant"},
        {"and passwordless", kPasswordlessStrength, key_first, having({kAKey}), "grant"},
        {"after a password the passkey is still asked for", kPhishingResistantStrength, by_password(), having({kAnApp, kAKey}), "authenticationStrength key"},
        {"password and app are MFA", kMultifactorStrength, by_mfa(), having({kAnApp}), "grant"},
        {"MFA may be given by any of its methods", kMultifactorStrength, by_password(), having({kAnApp, kAKey}), "authenticationStrength app key"},
        {"an app is not phishing-resistant", kPhishingResistantStrength, by_mfa(), having({kAnApp, kAKey}), "authenticationStrength key"},
        {"only a listed model", kListedModels, by_password(), having({kAKey, kAListedKey}), "authenticationStrength listed"},
        {"the wrong model was used", kListedModels, with(by_password(), AuthMethod::passkeyHardware, kNow, "11111111-1111-1111-1111-111111111111"),
         having({kAListedKey}), "authenticationStrength listed"},
        {"the password that was not given", kAppOnly, key_first, having({kAKey, kAnApp}), "reauthenticate"},
    }));
    INFO(row.sentence);
    CHECK(shown(step_of({demanding(row.strength)}, row.session, row.user)) == row.outcome);
}

TEST_CASE("who lacks a qualifying method registers one of those that qualify, never at risk (CRED-035, IDP-038)") {
    struct Row {
        std::string sentence;
        StrengthId strength;
        SessionFacts session;
        Capabilities user;
        SignInContext sign_in;
        std::string outcome;
    };
    auto only_app        = having({});
    only_app.registrable = {{.kind = AuthMethod::softwareOath}};
    auto nothing         = having({});
    nothing.registrable  = {};
    const auto with_token = [](Capabilities user) {
        user.registrable.push_back({.kind = AuthMethod::hardwareOath});
        return user;
    };
    auto unknown         = alice();
    unknown.user_risk    = std::nullopt;
    const auto row = GENERATE_COPY(values<Row>({
        {"a first method: a passkey alone", kPhishingResistantStrength, by_password(), having({}), alice(), "register key"},
        {"a first method: either", kMultifactorStrength, by_password(), having({}), alice(), "register key app"},
        {"who has an app proves it first", kPhishingResistantStrength, by_password(), having({kAnApp}), alice(), "mfa"},
        {"and then registers", kPhishingResistantStrength, by_mfa(), having({kAnApp}), alice(), "register key"},
        {"a proof of long ago lets nobody register", kPhishingResistantStrength, with(by_password(), AuthMethod::softwareOath, kNow - 6min), having({kAnApp}), alice(), "mfa"},
        {"one of a listed model", kListedModels, by_mfa(), having({kAnApp}), alice(), "register key of a listed model"},
        {"nothing that qualifies may be registered", kPhishingResistantStrength, by_password(), only_app, alice(), "53009"},
        {"nothing at all may be registered", kMultifactorStrength, by_password(), nothing, alice(), "53009"},
        {"a token that waits, where tokens alone are taken", kTokenOnly, by_password(), with_token(having({})), alice(), "register token"},
        {"beside the others, where MFA of any kind is", kMultifactorStrength, by_password(), with_token(having({})), alice(), "register key app token"},
        {"after the app that they have", kTokenOnly, by_password(), with_token(having({kAnApp})), alice(), "mfa"},
        {"and then the token", kTokenOnly, by_mfa(), with_token(having({kAnApp})), alice(), "register token"},
        {"no token waits", kTokenOnly, by_password(), having({}), alice(), "53009"},
        {"a token, at user risk", kTokenOnly, by_password(), with_token(having({})), at_user_risk(RiskLevel::medium), "53004"},
        {"at user risk", kPhishingResistantStrength, by_password(), having({}), at_user_risk(RiskLevel::medium), "53004"},
        {"at risk, and MFA is no help", kPhishingResistantStrength, by_mfa(), having({kAnApp}), at_user_risk(RiskLevel::medium), "53004"},
        {"at unknown risk", kPhishingResistantStrength, by_password(), having({}), unknown, "53004"},
    }));
    INFO(row.sentence);
    const auto refused = number_of(StsError::AccessPolicyDoesNotAllowTokenIssuance);
    const auto outcome = row.outcome == "53009" ? std::to_string(refused) : row.outcome;
    CHECK(shown(step_of({demanding(row.strength)}, row.session, row.user, row.sign_in)) == outcome);
}

TEST_CASE("attack: nothing is registered for a strength while another policy asks for MFA because of risk (IDP-038)") {
    auto at_low_risk                       = mfa_for_all(7);
    at_low_risk.conditions.sign_in_risk_levels = {RiskLevel::low};
    auto sign_in                           = alice();
    sign_in.sign_in_risk                   = RiskLevel::low;
    const auto plain                       = demanding(kPhishingResistantStrength, 1);
    CHECK(shown(step_of({plain}, by_password(), having({}), sign_in)) == "register key");
    CHECK(shown(step_of({plain, at_low_risk}, by_password(), having({}), sign_in)) == "53004");
    CHECK(shown(step_of({plain, demanding(kPhishingResistantStrength, 2), at_low_risk}, by_mfa(), having({kAnApp}), sign_in)) == "register key");
}

TEST_CASE("several strengths: one method for all of them, else one after the other; a strength that is gone is met by nobody") {
    CHECK(shown(step_of({demanding(kMultifactorStrength, 1), demanding(kPhishingResistantStrength, 2)}, by_password(), having({kAnApp, kAKey}))) ==
          "authenticationStrength key");
    CHECK(shown(step_of({demanding(kAppOnly, 1), demanding(kPhishingResistantStrength, 2)}, by_password(), having({kAnApp, kAKey}))) ==
          "authenticationStrength app");
    CHECK(shown(step_of({demanding(kAppOnly, 1), demanding(kPhishingResistantStrength, 2)}, by_mfa(), having({kAnApp, kAKey}))) ==
          "authenticationStrength key");
    CHECK(shown(step_of({demanding(kGone)}, by_mfa(), having({kAnApp, kAKey}))) ==
          std::to_string(number_of(StsError::AccessPolicyDoesNotAllowTokenIssuance)));
    // `mfa` in one policy, a strength in another: the method that meets the strength serves both (§3.4).
    CHECK(shown(step_of({mfa_for_all(1), demanding(kPhishingResistantStrength, 2)}, by_password(), having({kAnApp, kAKey}))) == "authenticationStrength key");
}

TEST_CASE("a password class risk is remediated by MFA and a new password, step by step (CA-040, IDP-110)") {
    const std::vector policies{remediating()};
    const auto risky = at_user_risk();
    auto session     = by_password();
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "authenticationStrength app");
    session = by_mfa();
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "riskRemediation change");
    session.password_changed_at = kNow;
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "grant");

    SECTION("MFA that another policy asks for afterwards takes nothing back") {
        const std::vector both{remediating(), demanding(kPhishingResistantStrength, 6)};
        CHECK(shown(step_of(both, session, having({kAnApp, kAKey}), risky)) == "authenticationStrength key");
        session = with(session, AuthMethod::passkeySynced, kNow + 1s);
        session.now = kNow + 2s;
        CHECK(shown(step_of(both, session, having({kAnApp, kAKey}), risky)) == "grant");
    }
    SECTION("nothing that was left out is made up for") {
        auto no_mfa                = by_password();
        no_mfa.password_changed_at = kNow;
        CHECK(shown(step_of(policies, no_mfa, having({kAnApp}), risky)) == "authenticationStrength app");
        auto changed_first                = by_mfa();
        changed_first.password_changed_at = kNow - 50s;  // before MFA
        CHECK(shown(step_of(policies, changed_first, having({kAnApp}), risky)) == "riskRemediation change");
        auto too_late                = with(by_password(), AuthMethod::softwareOath, kNow - 7min);
        too_late.transaction_began   = kNow - 8min;
        too_late.first_factor_at     = kNow - 8min;
        CHECK(shown(step_of(policies, too_late, having({kAnApp}), risky)) == "mfa");  // MFA of more than five minutes ago
        too_late.password_changed_at = kNow;
        CHECK(shown(step_of(policies, too_late, having({kAnApp}), risky)) == "mfa");
    }
    SECTION("a session's MFA of a minute ago is not this transaction's") {
        auto resumed              = by_mfa();
        resumed.transaction_began = kNow;
        CHECK(shown(step_of(policies, resumed, having({kAnApp}), risky)) == "authenticationStrength app");
    }
    SECTION("no second factor: refused, and nothing is offered") {
        CHECK(shown(step_of(policies, by_password(), having({}), risky)) == "53004");
    }
}

TEST_CASE("another risk is remediated by a second sign-in after sessions were ended (CA-040, IDP-110)") {
    const std::vector policies{remediating()};
    const auto risky    = at_user_risk();
    auto session        = by_mfa();
    session.remediation = RemediationBranch::signInAgain;
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "riskRemediation again");
    const CompiledPolicies compiled(policies, {}, kOwn);
    CHECK(remediated_by(evaluate(compiled, risky), session).empty());

    session.again = SignedIn::again;
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "grant");
    CHECK(remediated_by(evaluate(compiled, risky), session).size() == 1);

    SECTION("a second sign-in without MFA closes nothing") {
        auto weak        = by_password();
        weak.remediation = RemediationBranch::signInAgain;
        weak.again       = SignedIn::again;
        CHECK(shown(step_of(policies, weak, having({kAnApp}), risky)) == "authenticationStrength app");
        CHECK(remediated_by(evaluate(compiled, risky), weak).empty());
    }
    SECTION("a password that leaked meanwhile must be changed all the same") {
        session.remediation = RemediationBranch::secureChange;
        CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "riskRemediation change");
        CHECK(remediated_by(evaluate(compiled, risky), session).empty());
    }
    SECTION("what an older session proved is no sign-in of now") {
        auto stale              = session;
        stale.transaction_began = kNow;
        CHECK(shown(step_of(policies, stale, having({kAnApp}), risky)) == "authenticationStrength app");
        CHECK(remediated_by(evaluate(compiled, risky), stale).empty());
    }
    SECTION("a block ends it all the same") {
        auto blocking           = mfa_for_all(9);
        blocking.grant_controls = GrantControls{GrantOperator::AND, {GrantControl::block}};
        const CompiledPolicies both({remediating(), blocking}, {}, kOwn);
        CHECK(remediated_by(evaluate(both, risky), session).empty());
        CHECK(shown(next_step(evaluate(both, risky), session, having({kAnApp}))) == "53003");
    }
    SECTION("guests are never in scope") {
        auto guest      = risky;
        guest.user_type = identity::UserType::guest;
        CHECK(shown(step_of(policies, by_password(), having({kAnApp}), guest)) == "grant");
    }
}

TEST_CASE("block before risk remediation before password change (CA-041)") {
    auto change             = policy_for_user_risk(2);
    auto block              = policy_for_user_risk(3);
    block.grant_controls    = GrantControls{GrantOperator::AND, {GrantControl::block}};
    block.session_controls  = {};
    auto session            = by_mfa();
    session.remediation     = RemediationBranch::signInAgain;
    const auto risky        = at_user_risk();
    CHECK(shown(step_of({change, remediating(), block}, session, having({kAnApp}), risky)) == "53003");
    CHECK(shown(step_of({change, remediating()}, session, having({kAnApp}), risky)) == "riskRemediation again");
    CHECK(shown(step_of({change}, session, having({kAnApp}), risky)) == "passwordChange");

    // The lower one is logged as applied, and satisfied by the higher flow (§3.7).
    session.again = SignedIn::again;
    const CompiledPolicies both({change, remediating()}, {}, kOwn);
    const auto decision = evaluate(both, risky);
    CHECK(shown(next_step(decision, session, having({kAnApp}))) == "grant");
    CHECK(result_of(decision, 0, session) == PolicyResult::success);
    CHECK(result_of(decision, 1, session) == PolicyResult::success);
}

TEST_CASE("what other policies ask cannot deadlock the remediation (CA-042)") {
    // A passkey is demanded everywhere, and nobody at risk may register one.
    const std::vector policies{demanding(kPhishingResistantStrength, 1), remediating()};
    const auto risky    = at_user_risk();
    auto session        = by_password();
    session.remediation = RemediationBranch::signInAgain;
    CHECK(shown(step_of({policies[0]}, session, having({kAnApp}), risky)) == "53004");
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "authenticationStrength app");
    session             = by_mfa();
    session.remediation = RemediationBranch::signInAgain;
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "riskRemediation again");
    // Once it is done, and recorded, the other policy is asked as ever: nothing is issued past it.
    session.again = SignedIn::again;
    const CompiledPolicies compiled(policies, {}, kOwn);
    CHECK(remediated_by(evaluate(compiled, risky), session).size() == 1);
    CHECK(shown(step_of(policies, session, having({kAnApp}), risky)) == "53004");
    CHECK(shown(step_of(policies, session, having({kAnApp}), alice())) == "register key");
}
