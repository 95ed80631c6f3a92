#include <catch2/catch.hpp>

#include "app/admin/block_mfa.h"
#include "app/own_prompts.h"
#include "core/credentials/prompt_report.h"
#include "tests/support/admin_world.h"

/// Prompts that their owner did not ask for, and the MFA block list, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::value_of;

class PromptWorld : public tests::AdminWorld {
public:
    PromptWorld() { settings([](auto& s) { s.reports.state = identity::FeatureState::enabled; }); }
    template <class Edit>
    void settings(Edit edit) {
        auto now_so = snapshot()->tenant.settings;
        edit(now_so);
        commit({TenantChanged{now_so}});
    }
    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("198.51.100.7"), .user_agent = "Mozilla/5.0"};
    }
    LiveSession session(UserId user, Duration ago = 0s) {
        LiveSession live{.session = {.id = {3, 1}, .user = user, .auth_time = now - ago}, .account = account(user)};
        live.session.mfa_time = now - ago;
        return live;
    }
    MfaPrompt sent(UserId user, AuthMethod method = AuthMethod::email) {
        auto prompt    = prompt_by(ports, facts());
        prompt.method  = method;
        prompt.purpose = "passwordReset";
        prompt.flow    = ports.random.new_id<FlowId>(now);
        value_of(ports.flows.put(tenant, FlowKind::passwordReset, to_string(prompt.flow), "{}", now + 15min));
        value_of(MfaPrompts(ports).note(tenant, user, prompt));
        return prompt;
    }
    bool goes_on(const MfaPrompt& prompt) { return value_of(ports.flows.find(tenant, FlowKind::passwordReset, to_string(prompt.flow), now)).has_value(); }
    std::optional<ReportRefusal> report(const LiveSession& live, FlowId id) { return value_of(OwnPrompts(ports).report(*snapshot(), live, id, facts())); }
    int acts(std::string_view name) {
        const auto all = audit();
        return static_cast<int>(std::ranges::count(all, name, &AuditRecord::name));
    }
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }
};

TEST_CASE("CRED-036 IDP-120 IDP-225 a reported prompt makes the user's risk high, once, and ends what it was for", "[prompts]") {
    PromptWorld world;
    const auto alice  = world.user("alice");
    const auto prompt = world.sent(alice), other = world.sent(alice);
    const auto live   = world.session(alice);
    CHECK_FALSE(world.report(live, prompt.id));
    const auto raised = world.detections(alice);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].type == RiskEventType::userReportedSuspiciousActivity);
    CHECK(raised[0].level == RiskLevel::high);
    CHECK(raised[0].source == "EndUserReported");
    CHECK(raised[0].ip_address == "198.51.100.7");
    CHECK(raised[0].user_agent == "Mozilla/5.0");
    CHECK_FALSE(raised[0].sign_in);
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK_FALSE(world.goes_on(prompt));
    CHECK(world.goes_on(other));
    CHECK(world.changes_of("ReportPrompt").find("no action") != std::string::npos);
    CHECK_FALSE(world.account(alice).mfa_block);

    CHECK(world.report(live, prompt.id) == ReportRefusal::unknown);  // a replay
    CHECK(world.acts("ReportPrompt") == 1);
    CHECK(value_of(OwnPrompts(world.ports).list(*world.snapshot(), live, world.now)).size() == 1);
}

TEST_CASE("CRED-036 a report needs its owner, freshly proven, within a day, and where it is on", "[prompts]") {
    PromptWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto prompt = world.sent(alice);
    CHECK(world.report(world.session(bob), prompt.id) == ReportRefusal::unknown);  // whoever the mail was forwarded to
    CHECK(world.report(world.session(alice, 5min + 1ms), prompt.id) == ReportRefusal::notFresh);
    world.settings([](auto& s) { s.reports.state = identity::FeatureState::default_; });
    CHECK(world.report(world.session(alice), prompt.id) == ReportRefusal::off);
    world.settings([&](auto& s) {
        s.reports.state   = identity::FeatureState::enabled;
        s.reports.include = {.all_users = false, .users = {bob}, .groups = {}};
    });
    CHECK(world.report(world.session(alice), prompt.id) == ReportRefusal::off);
    world.settings([](auto& s) { s.reports.include.all_users = true; });
    world.now += 24h - 1ms;
    CHECK(value_of(OwnPrompts(world.ports).list(*world.snapshot(), world.session(alice), world.now)).size() == 1);
    world.now += 1ms;
    CHECK(world.report(world.session(alice), prompt.id) == ReportRefusal::unknown);
    CHECK(world.detections(alice).empty());
    CHECK(world.detections(bob).empty());
}

TEST_CASE("CRED-036 a passwordless prompt that is reported moves no risk", "[prompts]") {
    PromptWorld world;
    world.settings([](auto& s) { s.reports.blocks_mfa = true; });
    const auto alice       = world.user("alice");
    auto prompt            = prompt_by(world.ports, world.facts());
    prompt.method          = AuthMethod::push;
    prompt.purpose         = "signIn";
    prompt.is_passwordless = true;
    value_of(MfaPrompts(world.ports).note(world.tenant, alice, prompt));
    CHECK_FALSE(world.report(world.session(alice), prompt.id));
    CHECK(world.detections(alice).empty());
    CHECK_FALSE(world.account(alice).mfa_block);
    CHECK(world.changes_of("ReportPrompt").find("\"reported\"") != std::string::npos);
}

TEST_CASE("CRED-036 at most ten reports a day, and at most ten prompts wait", "[prompts]") {
    PromptWorld world;
    const auto alice = world.user("alice");
    std::vector<FlowId> ids;
    for (int i = 0; i < 11; ++i) {
        ids.push_back(world.sent(alice).id);
        world.now += 1s;
    }
    const auto live = world.session(alice);
    CHECK(value_of(OwnPrompts(world.ports).list(*world.snapshot(), live, world.now)).size() == 10);
    CHECK(world.report(live, ids[0]) == ReportRefusal::unknown);
    for (int i = 1; i < 11; ++i) CHECK_FALSE(world.report(world.session(alice), ids[static_cast<std::size_t>(i)]));
    CHECK(world.report(world.session(alice), world.sent(alice).id) == ReportRefusal::tooMany);
    CHECK(world.detections(alice).size() == 10);
}

TEST_CASE("CRED-037 a report blocks for MFA where the tenant wants that, and both must be cleared", "[prompts]") {
    PromptWorld world;
    const auto alice = world.user("alice"), last = world.user("breakglass");
    world.settings([&](auto& s) {
        s.reports.blocks_mfa   = true;
        s.emergency_accounts   = {last};
    });
    CHECK_FALSE(world.report(world.session(alice), world.sent(alice).id));
    const auto block = world.account(alice).mfa_block;
    REQUIRE(block);
    CHECK(block->by_report);
    CHECK(block->ends_at == world.now + credentials::kMfaBlockLasts);
    CHECK(world.changes_of("ReportPrompt").find("user blocked for MFA") != std::string::npos);
    value_of(UnblockMfa(world.ports)(world.admin(), alice, "talked to her"));
    CHECK_FALSE(world.account(alice).mfa_block);
    CHECK(world.risky(alice).level == RiskLevel::high);
    // Nobody would be left to lift this one.
    CHECK_FALSE(world.report(world.session(last), world.sent(last).id));
    CHECK(world.risky(last).level == RiskLevel::high);
    CHECK_FALSE(world.account(last).mfa_block);
}

TEST_CASE("CRED-037 administrators block and unblock with a reason, and not those above them", "[prompts]") {
    PromptWorld world;
    const auto alice = world.user("alice");
    BlockMfa block(world.ports);
    UnblockMfa unblock(world.ports);
    CHECK(block(world.admin(), alice, "").error().code == ErrorCode::invalidRequest);
    CHECK(block(world.admin(), alice, std::string(257, 'x')).error().code == ErrorCode::invalidRequest);
    CHECK(block(world.admin(), UserId{9, 9}, "why").error().code == ErrorCode::notFound);
    using enum identity::DirectoryRole;
    CHECK(block(world.admin_as({8, 8}, {securityReader}), alice, "why").error().code == ErrorCode::forbidden);
    value_of(unblock(world.admin(), alice, "there is nothing to lift"));
    CHECK(world.acts("UnblockMfa") == 0);

    value_of(block(world.admin(), alice, "phone stolen"));
    CHECK(world.account(alice).mfa_block->reason == "phone stolen");
    CHECK(world.changes_of("BlockMfa").find("phone stolen") != std::string::npos);
    world.now += 24h * 30;
    value_of(block(world.admin(), alice, "still gone"));
    CHECK(world.account(alice).mfa_block->ends_at == world.now + 24h * 90);
    CHECK(unblock(world.admin(), alice, "").error().code == ErrorCode::invalidRequest);
    CHECK(unblock(world.admin_as(alice, {globalAdministrator}), alice, "it was me").error().code == ErrorCode::forbidden);
    value_of(unblock(world.admin(), alice, "found"));
    CHECK_FALSE(world.account(alice).mfa_block);
    CHECK(world.changes_of("UnblockMfa").find("found") != std::string::npos);
}

TEST_CASE("two prompts noted at once are both kept, and of two reports at once one is taken", "[prompts]") {
    PromptWorld world;
    const auto alice = world.user("alice");
    const auto first = world.sent(alice);
    CHECK(value_of(MfaPrompts(world.ports).take(world.tenant, alice, first.id, world.now)));
    CHECK_FALSE(value_of(MfaPrompts(world.ports).take(world.tenant, alice, first.id, world.now)));
    value_of(MfaPrompts(world.ports).note(world.tenant, alice, first, MfaPrompts::Sent::no));
    CHECK(value_of(MfaPrompts(world.ports).list(world.tenant, alice, world.now)).empty());
}

TEST_CASE("attack: what is kept for names that nobody has ends with the reset that made it up, not a day later", "[prompts]") {
    PromptWorld world;
    MfaPrompts prompts(world.ports);
    for (std::uint64_t i = 0; i < 50; ++i) value_of(prompts.note(world.tenant, UserId{9, i}, prompt_by(world.ports, world.facts()), MfaPrompts::Sent::no));
    const auto alice = world.user("alice");
    const auto kept  = world.sent(alice);
    CHECK(value_of(world.ports.flows.sweep(world.now + 15min - 1ms, 1000)) == 0);
    CHECK(value_of(world.ports.flows.sweep(world.now + 15min, 1000)) == 51);  // and what her reset was
    world.now += 23h;
    CHECK(value_of(prompts.take(world.tenant, alice, kept.id, world.now)));
}

TEST_CASE("a prompt is read back as it was written, and nothing that is damaged is read", "[prompts]") {
    PromptWorld world;
    auto prompt    = prompt_by(world.ports, world.facts());
    prompt.sign_in = SignInId{4, 4};
    const auto document = to_json(prompt);
    CHECK(to_json(value_of(mfa_prompt_from(document))) == document);
    auto odd      = document;
    odd["method"] = "carrier pigeon";
    CHECK_FALSE(mfa_prompt_from(odd));
    odd          = document;
    odd["other"] = 1;
    CHECK_FALSE(mfa_prompt_from(odd));
}

}  // namespace
}  // namespace portcullis::app
