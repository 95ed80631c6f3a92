#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "app/collect_signals.h"
#include "app/admin/register_contact.h"
#include "app/admin/register_totp.h"
#include "app/own_prompts.h"
#include "app/reset_password.h"
#include "core/credentials/totp.h"
#include "tests/support/approval_world.h"

/// Approval on another device as the second proof of a reset, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::value_of;

constexpr std::string_view kSeed = "12345678901234567890";
constexpr std::string_view kNew  = "lantern plover quartz 58";

class ResetApprovalWorld : public tests::ApprovalWorld {
public:
    VerifyPassword verify_password{ports};
    ResetPassword use_case{ports, verify_password};

    ResetApprovalWorld() {
        settings([](auto& s) {
            s.reset.scope   = identity::ResetScope::all;
            s.reset.methods = {AuthMethod::softwareOath, AuthMethod::email, AuthMethod::push};
        });
    }
    /// With an app.
    UserId person(const std::string& name) {
        const auto who = user(name);
        value_of(RegisterTotp(ports)(admin(), who, {.bytes = Secret(std::string(kSeed))}));
        return who;
    }
    void add_mail(UserId who, const std::string& address) { value_of(RegisterContact(ports)(admin(), who, *credentials::parse_mail_address(address))); }
    /// They have signed in from this address before.
    void is_used_to_be_here(UserId who) {
        if (value_of(ports.profiles.of_user(tenant, who)).version != 0) return;
        signals::SignInSignals seen{.sign_in = {}, .user = who, .when = now, .correlation = {}};
        seen.network = network_signals(ports, *snapshot(), from("").address, now, seen.missing);
        commit({ProfileTrained{who, signals::train({}, seen, signals::features_of(seen, feature_key(ports, tenant)))}});
    }
    LiveSession approver(UserId who, const std::string& device = "phone", SignInId sign_in = {}) {
        is_used_to_be_here(who);
        return tests::ApprovalWorld::approver(who, device, sign_in);
    }
    std::string app_code() const {
        const credentials::TotpParameters parameters;
        const auto hmac = [&](credentials::TotpAlgorithm, std::string_view key, std::string_view message) { return ports.digests.hmac_sha1(key, message); };
        return credentials::totp_code(parameters, Secret(std::string(kSeed)), credentials::totp_step(parameters, now), hmac);
    }
    Result<ResetTurn> try_submit(const ResetFlow& flow, const ResetAnswer& answer, const std::string& device = "laptop") { return use_case.submit(*snapshot(), flow, answer, from(device)); }
    ResetTurn choose(const ResetFlow& flow, AuthMethod method, const std::string& device = "laptop") {
        ResetAnswer answer;
        answer.action = "next";
        answer.method = to_string(method);
        return value_of(try_submit(flow, answer, device));
    }
    ResetTurn press(const ResetFlow& flow, const std::string& action, const std::string& device = "laptop") { return value_of(try_submit(flow, answer_of(action), device)); }
    static ResetAnswer answer_of(const std::string& action, const std::string& otp = {}) {
        ResetAnswer answer;
        answer.action = action;
        answer.otp    = otp;
        return answer;
    }
    /// A reset with its app proven.
    ResetTurn begun(const std::string& name, const std::string& device = "laptop") {
        now += 30s;  // a code works once
        const auto turn = value_of(use_case.begin(*snapshot(), name + "@contoso.example", "", from(device)));
        return value_of(try_submit(choose(turn.flow, AuthMethod::softwareOath, device).flow, answer_of("verify", app_code()), device));
    }
    ResetTurn asked(const std::string& name, const std::string& device = "laptop") {
        auto turn = choose(begun(name, device).flow, AuthMethod::push, device);
        REQUIRE(turn.flow.stage == ResetStage::approval);
        return turn;
    }
    ApprovalAnswer approve(const LiveSession& live, const ResetFlow& flow, std::string_view typed, const std::string& device = "phone") {
        return value_of(approvals.approve(*snapshot(), live, flow.approval, typed, from(device)));
    }
    ApprovalAnswer approve(const LiveSession& live, const ResetFlow& flow) { return approve(live, flow, flow.approval_number); }
    bool is_shown(const LiveSession& live, const std::string& device = "phone") { return value_of(approvals.waiting(*snapshot(), live, from(device))).has_value(); }
    ResetTurn change(const ResetFlow& flow) {
        auto answer             = answer_of("change");
        answer.new_password     = Secret(std::string(kNew));
        answer.confirm_password = Secret(std::string(kNew));
        return value_of(try_submit(flow, answer));
    }
    int progress(std::string_view step) {
        return static_cast<int>(std::ranges::count_if(audit(), [&](const auto& r) { return r.changes.find("\"step\":\"" + std::string(step) + "\"") != std::string::npos; }));
    }
};

TEST_CASE("CRED-017 CRED-039 after the app, the number typed on another device is the second proof of a reset, once, and ends every session", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto first = world.begun("alice");
    CHECK(first.offered == std::vector{AuthMethod::push});
    const auto turn = world.choose(first.flow, AuthMethod::push);
    REQUIRE(turn.flow.stage == ResetStage::approval);
    CHECK(turn.flow.approval_number.size() == 2);
    const auto seen = value_of(world.approvals.waiting(*world.snapshot(), phone, world.from("phone")));
    REQUIRE(seen);
    CHECK(seen->prompt.purpose == kPromptOfReset);
    CHECK(seen->prompt.ip_address == "198.51.100.7");
    CHECK(world.press(turn.flow, "verify").problem == ResetProblem::approvalWaiting);
    CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
    const auto proven = world.press(turn.flow, "verify");
    REQUIRE(proven.flow.stage == ResetStage::password);
    CHECK(proven.flow.id != turn.flow.id);
    CHECK(world.progress("gatePassed") == 2);
    CHECK(value_of(MfaPrompts(world.ports).list(world.tenant, alice, world.now)).empty());
    CHECK_FALSE(value_of(world.use_case.find(*world.snapshot(), turn.flow.id, "x", world.now)));
    CHECK(world.change(proven.flow).flow.stage == ResetStage::done);
    const auto left = value_of(world.ports.sessions.session(world.tenant, phone.session.id));
    CHECK(session_void(*left, world.account(alice), world.snapshot()->tenant.settings.lifetimes, world.now) != Void::no);
}

TEST_CASE("attack: what is not approved, approved late, wrongly or by a device that lost its right lets no reset on (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto turn  = world.asked("alice");
    SECTION("nobody answers") { world.now += 60s; }
    SECTION("a wrong number") { CHECK(world.approve(phone, turn.flow, world.wrong(turn.flow.approval_number)) == ApprovalAnswer::wrongNumber); }
    SECTION("no number") { CHECK(world.approve(phone, turn.flow, "") == ApprovalAnswer::wrongNumber); }
    SECTION("refused") { CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, turn.flow.approval, world.from("phone"))) == ApprovalAnswer::denied); }
    SECTION("late") {
        world.now += 60s;
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::over);
    }
    SECTION("approved, and not fetched in time") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.now += 3min;
    }
    SECTION("the session that approved was signed out") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.commit({SessionEnded{phone.session.id, alice, "test"}});
    }
    SECTION("the device was removed, as when it is disabled") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        const auto device = std::ranges::find(phone.account.methods, AuthMethod::push, &identity::AuthenticationMethod::kind);
        world.commit({MethodRemoved{alice, device->id}});
    }
    SECTION("its MFA was revoked") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.commit({MfaSessionsRevoked{alice, world.now + 1ms}});
    }
    SECTION("approvals were turned off") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.settings([](auto& s) { s.methods.push.is_enabled = false; });
    }
    SECTION("resets do not use them any more") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.settings([](auto& s) { s.reset.methods = {AuthMethod::softwareOath, AuthMethod::email}; });
    }
    SECTION("one proof is asked for from now on") {
        CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
        world.settings([](auto& s) { s.reset.gates = 1; });
    }
    const auto after = world.press(turn.flow, "verify");
    CHECK(after.problem == ResetProblem::notApproved);
    CHECK(after.flow.stage == ResetStage::method);
    CHECK(world.progress("gateFailed") == 1);
    CHECK(world.change(after.flow).flow.stage != ResetStage::done);
}

TEST_CASE("attack: every session was revoked after the approval: the reset is over with them (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto turn  = world.asked("alice");
    CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
    world.now += 1s;
    world.commit({SessionsRevoked{alice, world.now, "test"}});
    CHECK(world.press(turn.flow, "verify").flow.stage != ResetStage::password);
}

TEST_CASE("attack: sessions that must not approve a reset: another person's, the same browser, without MFA, at risk (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice"), bob = world.person("bob");
    const auto phone = world.approver(alice), his = world.approver(bob, "his phone");
    const auto turn  = world.asked("alice");
    const auto number = turn.flow.approval_number;
    CHECK(world.approve(his, turn.flow, number, "his phone") == ApprovalAnswer::over);
    CHECK(world.approve(phone, turn.flow, number, "laptop") == ApprovalAnswer::notApprover);
    auto weak            = phone;
    weak.session.factors = {{AuthMethod::password, world.now}};
    weak.session.mfa_time.reset();
    CHECK(world.approve(weak, turn.flow) == ApprovalAnswer::notApprover);
    auto by_approval            = phone;
    by_approval.session.factors = {{AuthMethod::password, world.now}, {AuthMethod::push, world.now}};
    CHECK(world.approve(by_approval, turn.flow) == ApprovalAnswer::notApprover);
    CHECK(world.press(turn.flow, "verify").problem == ResetProblem::approvalWaiting);

    const auto here = world.choose(world.begun("alice", "phone").flow, AuthMethod::push, "phone");
    CHECK(here.problem == ResetProblem::approvalUnreachable);  // the browser that approves is this one
    CHECK(here.flow.stage == ResetStage::method);
}

TEST_CASE("attack: a session whose own sign-in is at risk neither sees nor approves a reset, though it would a sign-in (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto calm  = world.sign_in(alice, {});
    const auto phone = world.approver(alice, "phone", calm);
    const auto turn  = world.asked("alice");
    CHECK(world.is_shown(phone));
    SECTION("at risk before") {
        auto risky            = phone;
        risky.session.sign_in = world.sign_in(alice, RiskLevel::medium);
        CHECK_FALSE(world.is_shown(risky));
        CHECK(world.approve(risky, turn.flow) == ApprovalAnswer::notApprover);
        CHECK(world.press(turn.flow, "verify").problem == ResetProblem::approvalWaiting);
    }
    SECTION("nothing is known of how it began") {
        auto unknown            = phone;
        unknown.session.sign_in = {};
        CHECK_FALSE(world.is_shown(unknown));
        CHECK(world.approve(unknown, turn.flow) == ApprovalAnswer::notApprover);
    }
    SECTION("low risk does not matter") {
        auto risky            = phone;
        risky.session.sign_in = world.sign_in(alice, RiskLevel::low);
        CHECK(world.approve(risky, turn.flow) == ApprovalAnswer::approved);
    }
    SECTION("nobody is asked whose only session is at risk") {
        const auto bob = world.person("bob");
        const auto his = world.approver(bob, "his phone");
        world.commit({SessionEnded{his.session.id, bob, "test"}});
        world.session(bob, "his phone", world.sign_in(bob, RiskLevel::high));
        CHECK(world.choose(world.begun("bob").flow, AuthMethod::push).problem == ResetProblem::approvalUnreachable);
    }
}

TEST_CASE("attack: an approval goes to what asked for it: not from a sign-in to a reset, nor back, nor to another reset (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    SECTION("a sign-in's approval") {
        const auto turn = world.asked("alice");
        const auto of_sign_in = value_of(world.approvals.ask(*world.snapshot(), world.account(alice), world.flow(alice), world.from("laptop")));
        REQUIRE(of_sign_in);
        CHECK(value_of(world.approvals.approve(*world.snapshot(), phone, of_sign_in->approval.id, of_sign_in->approval.pending.number, world.from("phone"))) == ApprovalAnswer::approved);
        CHECK(world.press(turn.flow, "verify").problem == ResetProblem::notApproved);
        value_of(world.approvals.forgive(world.tenant, alice));
        // Were the id known to the reset, what was asked for it would still not be this.
        auto forged     = world.asked("alice").flow;
        const auto next = value_of(world.approvals.ask(*world.snapshot(), world.account(alice), world.flow(alice), world.from("laptop")));
        CHECK(value_of(world.approvals.approve(*world.snapshot(), phone, next->approval.id, next->approval.pending.number, world.from("phone"))) == ApprovalAnswer::approved);
        forged.approval = next->approval.id;
        CHECK(world.press(forged, "verify").problem == ResetProblem::notApproved);
    }
    SECTION("another reset's") {
        const auto mine   = world.asked("alice");
        const auto theirs = world.asked("alice");
        CHECK(world.approve(phone, mine.flow) == ApprovalAnswer::over);  // a new one takes the place of the old
        CHECK(world.approve(phone, theirs.flow) == ApprovalAnswer::approved);
        auto forged     = mine.flow;
        forged.approval = theirs.flow.approval;
        CHECK(world.press(forged, "verify").problem == ResetProblem::notApproved);
        const auto spent = world.try_submit(theirs.flow, ResetApprovalWorld::answer_of("verify"));  // on that
        REQUIRE_FALSE(spent);
        CHECK(spent.error().code == ErrorCode::conflict);
    }
}

TEST_CASE("CRED-018 resets and sign-ins have one budget of approvals, the owner is told of both, and other ways go on", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    world.add_mail(alice, "alice@home.example");
    world.approver(alice);
    REQUIRE(value_of(world.approvals.ask(*world.snapshot(), world.account(alice), world.flow(alice), world.from("laptop"))));
    auto turn = world.asked("alice");
    turn = world.choose(world.press(turn.flow, "next").flow, AuthMethod::push);
    CHECK(turn.flow.stage == ResetStage::approval);  // the third
    CHECK(world.use_case.approval_pauses() == 1);
    CHECK(world.progress("approvalsPaused") == 1);
    turn = world.choose(world.press(turn.flow, "other").flow, AuthMethod::push);
    CHECK(turn.problem == ResetProblem::approvalPaused);
    CHECK(turn.offered == std::vector{AuthMethod::push, AuthMethod::email});
    CHECK_FALSE(value_of(world.approvals.ask(*world.snapshot(), world.account(alice), world.flow(alice), world.from("laptop"))));
    CHECK(world.choose(turn.flow, AuthMethod::email).flow.stage == ResetStage::code);
    const auto log = world.audit();
    CHECK(std::ranges::any_of(log, [](const auto& r) { return r.changes.find("MFA fatigue") != std::string::npos; }));
}

TEST_CASE("CRED-018 CRED-043 a request that is not approved is a failed proof: five stop the name, an approved one is given back", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    for (int i = 0; i < 5; ++i) {
        auto turn = world.asked("alice");
        CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, turn.flow.approval, world.from("phone"))) == ApprovalAnswer::denied);
        CHECK(world.press(turn.flow, "verify").problem == ResetProblem::notApproved);
        world.now += 5min;
    }
    CHECK(world.begun("alice").flow.stage == ResetStage::stopped);
    CHECK(world.progress("blocked") == 1);

    const auto bob = world.person("bob");
    const auto his = world.approver(bob, "his phone");
    for (int i = 0; i < 6; ++i) {
        const auto turn = world.asked("bob");
        CHECK(world.approve(his, turn.flow, turn.flow.approval_number, "his phone") == ApprovalAnswer::approved);
        CHECK(world.press(turn.flow, "verify").flow.stage == ResetStage::password);
    }
}

TEST_CASE("CRED-036 a reported reset: the device refuses, the risk is high, and the reset is over", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto turn  = world.asked("alice");
    CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, turn.flow.approval, world.from("phone"))) == ApprovalAnswer::denied);
    CHECK_FALSE(value_of(OwnPrompts(world.ports).report(*world.snapshot(), phone, turn.flow.approval, world.from("phone"))));
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK_FALSE(value_of(world.ports.flows.find(world.tenant, FlowKind::passwordReset, to_string(turn.flow.id), world.now)));
}

TEST_CASE("attack: of parallel answers to one approval one goes on, and its budget is one (CRED-017)", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto turn  = world.asked("alice");
    CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::approved);
    std::atomic<int> on = 0;
    std::vector<std::thread> pressing;
    for (int i = 0; i < 8; ++i) {
        pressing.emplace_back([&] {
            const auto after = world.try_submit(turn.flow, ResetApprovalWorld::answer_of("verify"));
            if (after && after->flow.stage == ResetStage::password) ++on;
        });
    }
    for (auto& thread : pressing) thread.join();
    CHECK(on == 1);
}

TEST_CASE("a reset that waits for an approval is read back as it was written, and leaving it withdraws the request", "[reset-approval]") {
    ResetApprovalWorld world;
    const auto alice = world.person("alice");
    const auto phone = world.approver(alice);
    const auto turn  = world.asked("alice");
    CHECK(to_text(value_of(reset_flow_from(to_text(turn.flow)))) == to_text(turn.flow));
    CHECK(world.is_shown(phone));
    SECTION("another way") { CHECK(world.press(turn.flow, "next").flow.stage == ResetStage::method); }
    SECTION("cancelled") { CHECK(world.press(turn.flow, "cancel").is_abandoned); }
    CHECK_FALSE(world.is_shown(phone));
    CHECK(world.approve(phone, turn.flow) == ApprovalAnswer::over);
}

}  // namespace
}  // namespace portcullis::app
