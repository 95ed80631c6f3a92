#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "app/admin/block_mfa.h"
#include "app/own_prompts.h"
#include "app/second_factors.h"
#include "tests/support/approval_world.h"

/// Approval on another device, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::ApprovalState;
using tests::value_of;

class ApprovalWorld : public tests::ApprovalWorld {
public:
    void app_of(UserId user) {
        const MethodId id = ports.random.new_id<MethodId>(now);
        commit({MethodRegistered{{.id = id, .user = user, .kind = AuthMethod::softwareOath, .display_name = "Phone", .sealed_secret = "s", .created_at = now}}});
    }
    std::optional<Approval> ask(UserId user, const SignInFlow& asking, const std::string& device = "laptop") {
        const auto asked = ask_counted(user, asking, device);
        return asked ? std::optional(asked->approval) : std::nullopt;
    }
    std::optional<AskedApproval> ask_counted(UserId user, const SignInFlow& asking, const std::string& device = "laptop") {
        return value_of(approvals.ask(*snapshot(), account(user), asking, from(device)));
    }
    ApprovalAnswer approve(const LiveSession& live, const Approval& a, std::string_view typed, const std::string& device = "phone") {
        return value_of(approvals.approve(*snapshot(), live, a.id, typed, from(device)));
    }
    std::optional<Approval> take(UserId user, const Approval& a) { return value_of(approvals.take_approved(tenant, user, a.id, now)); }
};

TEST_CASE("CRED-017 the number approves, once, and names the device that did", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto phone = world.approver(alice);
    const auto asked = world.ask(alice, world.flow(alice));
    REQUIRE(asked);
    CHECK(asked->pending.number.size() == 2);
    CHECK_FALSE(world.take(alice, *asked));
    const auto seen = value_of(world.approvals.waiting(*world.snapshot(), phone, world.from("phone")));
    REQUIRE(seen);
    CHECK(seen->prompt.ip_address == "198.51.100.7");
    CHECK(world.approve(phone, *asked, asked->pending.number) == ApprovalAnswer::approved);
    CHECK(world.approve(phone, *asked, asked->pending.number) == ApprovalAnswer::over);
    const auto taken = world.take(alice, *asked);
    REQUIRE(taken);
    const auto device = std::ranges::find(phone.account.methods, AuthMethod::push, &identity::AuthenticationMethod::kind);
    CHECK(taken->approver == device->id);
    CHECK_FALSE(world.take(alice, *asked));
    CHECK(value_of(MfaPrompts(world.ports).list(world.tenant, alice, world.now)).empty());  // what was theirs is not asked about
}

TEST_CASE("CRED-017 a wrong number, a denial and the end of a minute end it, and stand in the record at once", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto phone = world.approver(alice);
    const auto begun = world.flow(alice);
    const auto asked = *world.ask(alice, begun);
    SECTION("wrong number") {
        CHECK(world.approve(phone, asked, world.wrong(asked.pending.number)) == ApprovalAnswer::wrongNumber);
        CHECK(world.approve(phone, asked, asked.pending.number) == ApprovalAnswer::over);
        CHECK(world.record(begun.sign_in).error_code == 500121);
        CHECK(world.record(begun.sign_in).document.find("wrong number") != std::string::npos);
        CHECK(world.record(begun.sign_in).ip_address == "198.51.100.7");
    }
    SECTION("nothing typed") { CHECK(world.approve(phone, asked, "") == ApprovalAnswer::wrongNumber); }
    SECTION("denied") {
        CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, asked.id, world.from("phone"))) == ApprovalAnswer::denied);
        CHECK(world.record(begun.sign_in).document.find("declined") != std::string::npos);
        CHECK(world.risky(alice).level == RiskLevel::none);  // plain denial raises nothing
    }
    SECTION("late") {
        world.now += 60s;
        CHECK(world.approve(phone, asked, asked.pending.number) == ApprovalAnswer::over);
        CHECK_FALSE(value_of(world.approvals.waiting(*world.snapshot(), phone, world.from("phone"))));
    }
    SECTION("another one took its place") {
        const auto next = *world.ask(alice, world.flow(alice));
        CHECK(world.approve(phone, asked, asked.pending.number) == ApprovalAnswer::over);
        CHECK(world.approve(phone, next, next.pending.number) == ApprovalAnswer::approved);
    }
    CHECK_FALSE(world.take(alice, asked));
}

TEST_CASE("CRED-017 nobody else approves: other people, other devices, the same browser, sessions without MFA, who is blocked", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    world.app_of(alice);
    world.app_of(bob);
    const auto phone = world.approver(alice), his = world.approver(bob, "his phone");
    const auto asked = *world.ask(alice, world.flow(alice));
    const auto number = asked.pending.number;
    CHECK(world.approve(his, asked, number, "his phone") == ApprovalAnswer::over);
    CHECK(world.approve(his, asked, number, "phone") == ApprovalAnswer::notApprover);
    CHECK(world.approve(phone, asked, number, "tablet") == ApprovalAnswer::notApprover);
    CHECK(world.approve(phone, asked, number, "") == ApprovalAnswer::notApprover);
    auto weak = phone;
    weak.session.mfa_time.reset();
    CHECK(world.approve(weak, asked, number) == ApprovalAnswer::notApprover);
    value_of(BlockMfa(world.ports)(world.admin(), alice, "lost"));
    auto blocked    = phone;
    blocked.account = world.account(alice);
    CHECK(world.approve(blocked, asked, number) == ApprovalAnswer::notApprover);
    world.settings([](auto& s) { s.methods.push.is_enabled = false; });
    CHECK(world.approve(phone, asked, number) == ApprovalAnswer::notApprover);
    world.settings([](auto& s) { s.methods.push.is_enabled = true; });

    const auto own = *world.ask(alice, world.flow(alice), "phone");
    CHECK(world.approve(phone, own, own.pending.number) == ApprovalAnswer::sameDevice);
    auto stepping_up    = world.flow(alice);
    stepping_up.session = phone.session.id;
    const auto up       = *world.ask(alice, stepping_up);
    CHECK(world.approve(phone, up, up.pending.number) == ApprovalAnswer::sameDevice);
}

TEST_CASE("attack: a session that was opened with a method somebody else added approves nothing (CRED-017)", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    auto phone       = world.approver(alice);
    const auto added = std::ranges::find(phone.account.methods, AuthMethod::softwareOath, &identity::AuthenticationMethod::kind)->id;
    phone.session.factors.back().registered = added;
    world.commit({SessionChanged{phone.session}});
    const auto asked = *world.ask(alice, world.flow(alice));
    REQUIRE(world.approve(phone, asked, asked.pending.number) == ApprovalAnswer::approved);
    const auto taken   = *world.take(alice, asked);
    const auto account = world.account(alice);
    const auto stands  = [&](const Account& counting) { return value_of(world.approvals.still_stands(*world.snapshot(), counting, taken, world.now)); };
    CHECK(stands(account));
    CHECK_FALSE(stands(without_methods(account, std::vector{added})));
    CHECK_FALSE(stands(without_methods(account, std::vector{taken.approver})));
    const auto reached = [&](const Account& counting) { return value_of(world.approvals.is_reachable(*world.snapshot(), counting, world.flow(alice), world.from("laptop"))); };
    CHECK(reached(account));
    CHECK_FALSE(reached(without_methods(account, std::vector{added})));
    world.settings([](auto& s) { s.methods.push.is_enabled = false; });
    CHECK_FALSE(stands(account));
    CHECK_FALSE(reached(account));
}

TEST_CASE("CRED-018 the fourth request within ten minutes that nobody answered is not sent for half an hour", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    for (const auto who : {alice, bob}) world.app_of(who);
    world.approver(alice);
    world.approver(bob, "his phone");
    for (const int counted : {0, 0, 3}) {
        CHECK(world.ask_counted(alice, world.flow(alice))->unapproved == counted);
        world.now += 1min;
    }
    CHECK_FALSE(world.ask(alice, world.flow(alice)));
    CHECK(world.ask(bob, world.flow(bob)));  // it is hers alone
    world.now += 29min - 1ms;
    CHECK_FALSE(world.ask(alice, world.flow(alice)));
    world.now += 1ms;
    CHECK(world.ask(alice, world.flow(alice)));
}

TEST_CASE("CRED-018 of requests that were denied the sixth within fifteen minutes is not sent; an approval gives all back", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto phone = world.approver(alice);
    for (const int counted : {0, 0, 0, 0, 5}) {
        const auto asked = world.ask_counted(alice, world.flow(alice));
        REQUIRE(asked);
        CHECK(asked->unapproved == counted);
        CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, asked->approval.id, world.from("phone"))) == ApprovalAnswer::denied);
        world.now += 1min;
    }
    CHECK_FALSE(world.ask(alice, world.flow(alice)));
    value_of(world.approvals.forgive(world.tenant, alice));
    CHECK(world.ask(alice, world.flow(alice)));
}

TEST_CASE("attack: of a hundred requests at once three are sent, and a count that cannot be read sends none (CRED-018)", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    world.approver(alice);
    std::vector<SignInFlow> flows;
    for (int i = 0; i < 20; ++i) flows.push_back(world.flow(alice));
    std::atomic<int> sent = 0, pauses = 0;
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i) {
        askers.emplace_back([&, i] {
            for (int k = 0; k < 25; ++k) {
                const auto asked = world.approvals.ask(*world.snapshot(), world.account(alice), flows[static_cast<std::size_t>(i * 5 + k % 5)], world.from("laptop"));
                if (asked && *asked) ++sent;
                if (asked && *asked && (*asked)->unapproved > 0) ++pauses;
            }
        });
    }
    for (auto& asker : askers) asker.join();
    CHECK(sent == 3);
    CHECK(pauses == 1);
    value_of(world.ports.flows.put(world.tenant, FlowKind::factorTries, to_string(alice) + "|approvals", "nonsense", world.now + 1h));
    CHECK_FALSE(world.ask(alice, flows[0]));
}

TEST_CASE("CRED-017 a device is reachable while it is signed in with MFA, elsewhere", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto phone    = world.approver(alice);
    const auto reached  = [&](const SignInFlow& flow, const std::string& device) { return value_of(world.approvals.is_reachable(*world.snapshot(), world.account(alice), flow, world.from(device))); };
    CHECK(reached(world.flow(alice), "laptop"));
    CHECK_FALSE(reached(world.flow(alice), "phone"));
    auto own    = world.flow(alice);
    own.session = phone.session.id;
    CHECK_FALSE(reached(own, "laptop"));
    world.commit({MfaSessionsRevoked{alice, world.now + 1ms}});
    CHECK_FALSE(reached(world.flow(alice), "laptop"));
    world.commit({SessionEnded{phone.session.id, alice, "test"}});
    CHECK_FALSE(reached(world.flow(alice), "laptop"));
}

TEST_CASE("CRED-017 CRED-015 a device is added with a fresh proof, beside another method, five of them, and stands before codes", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    const auto add   = [&](const std::string& device, Duration ago = 0s) {
        const auto live = world.session(alice, device);
        auto who        = registrant_of(live);
        who.mfa_at      = world.now - ago;
        return value_of(world.approvals.add_device(*world.snapshot(), who, world.from(device)));
    };
    CHECK(add("phone") == MethodRefusal::unknown);  // alone it would open nothing
    world.app_of(alice);
    CHECK(add("phone", 5min + 1ms) == MethodRefusal::notFresh);
    CHECK(add("") == MethodRefusal::unknown);
    CHECK_FALSE(add("phone"));
    CHECK(add("phone") == MethodRefusal::unknown);  // it is there
    for (const auto* device : {"b", "c", "d", "e"}) CHECK_FALSE(add(device));
    CHECK(add("f") == MethodRefusal::unknown);
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now) == std::vector{SecondFactor::push, SecondFactor::code});
    world.settings([](auto& s) { s.methods.push.is_enabled = false; });
    CHECK(second_factors(*world.snapshot(), world.account(alice), world.now) == std::vector{SecondFactor::code});
    for (const auto& record : world.audit()) CHECK(record.changes.find("\"phone\"") == std::string::npos);  // the cookie is not written down
}

TEST_CASE("CRED-036 a reported request: risk high, the record says so, the sign-in is over; a passwordless one moves nothing", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto phone = world.approver(alice);
    auto begun       = world.flow(alice);
    const auto asked = *world.ask(alice, begun);
    CHECK(value_of(world.approvals.deny(*world.snapshot(), phone, asked.id, world.from("phone"))) == ApprovalAnswer::denied);
    CHECK_FALSE(value_of(OwnPrompts(world.ports).report(*world.snapshot(), phone, asked.id, world.from("phone"))));
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK(world.record(begun.sign_in).document.find("fraud code entered") != std::string::npos);
    CHECK_FALSE(value_of(world.ports.flows.find(world.tenant, FlowKind::interaction, to_string(begun.id), world.now)));

    const auto bob = world.user("bob");
    world.app_of(bob);
    const auto his = world.approver(bob);
    begun          = world.flow(bob);
    begun.factors  = {{AuthMethod::temporaryAccessPass, world.now}};
    const auto without = *world.ask(bob, begun);
    CHECK(without.prompt.is_passwordless);
    CHECK_FALSE(value_of(OwnPrompts(world.ports).report(*world.snapshot(), his, without.id, world.from("phone"))));
    CHECK(world.risky(bob).level == RiskLevel::none);
}

TEST_CASE("a stored approval is read back as it was written, and nothing that is damaged is read", "[approvals]") {
    ApprovalWorld world;
    const auto alice = world.user("alice");
    world.app_of(alice);
    const auto asked = *world.ask(alice, world.flow(alice));
    const auto text  = to_text(asked);
    CHECK(to_text(value_of(approval_from(text))) == text);
    for (const auto* bad : {"", "{}", "[]", R"({"id": "x"})"}) CHECK((!approval_from(bad) || approval_from(bad)->id.is_nil()));
}

}  // namespace
}  // namespace portcullis::app
