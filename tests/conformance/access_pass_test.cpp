#include <catch2/catch.hpp>

#include "app/add_totp.h"
#include "app/admin/change_tenant_settings.h"
#include "app/admin/create_group.h"
#include "app/admin/issue_access_pass.h"
#include "app/second_factors.h"
#include "app/verify_access_pass.h"
#include "tests/support/admin_world.h"

/// Temporary access passes and the methods policy, below the pages (credentials.md §1.2, §6.6).
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using identity::DirectoryRole;
using tests::AdminWorld;
using tests::value_of;

class PassWorld : public AdminWorld {
public:
    Result<IssuedPass> issue(const Admin& by, UserId user, const credentials::WantedPass& wanted = {}) { return IssueAccessPass(ports)(by, user, wanted); }
    std::string outcome(UserId user, std::string_view typed, std::string_view from = "192.0.2.7") {
        const RequestFacts facts{.now = now, .request = {5, 5}, .correlation = {6, 6}, .address = *parse_ip(from)};
        const auto made = value_of(VerifyAccessPass(ports).of(*snapshot(), account(user), typed, facts));
        if (const auto* accepted = std::get_if<PassAccepted>(&made)) {
            commit({accepted->used});
            return "accepted";
        }
        return std::get<PassRefused>(made).because == PassRefusal::paused ? "paused" : "wrong";
    }
    void settings(const std::function<void(identity::TenantSettings&)>& change) {
        auto so = snapshot()->tenant.settings;
        change(so);
        REQUIRE(ChangeTenantSettings(ports)(admin(), so));
    }
    /// What an act of this name did, as the audit log tells it.
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }
};

TEST_CASE("CRED-030 passes are an authentication administrator's to give, a Global Administrator's for administrators, nobody's for oneself", "[access-pass]") {
    PassWorld world;
    const auto alice = world.user("alice"), admin = world.user("admin"), other = world.user("other");
    world.commit({RoleAssigned{other, identity::id_of(DirectoryRole::securityReader)}});
    const auto as = [&](UserId who, DirectoryRole role) { return world.admin_as(who, {role}); };
    const auto code = [](const auto& result) { return result ? "done" : result.error().code == ErrorCode::forbidden ? "forbidden" : "failed"; };
    struct Row {
        UserId by;
        DirectoryRole role;
        UserId target;
        const char* outcome;
    };
    for (const auto& row : {Row{admin, DirectoryRole::authenticationAdministrator, alice, "done"},
                            Row{admin, DirectoryRole::globalAdministrator, alice, "done"},
                            Row{admin, DirectoryRole::helpdeskAdministrator, alice, "forbidden"},
                            Row{admin, DirectoryRole::securityReader, alice, "forbidden"},
                            Row{admin, DirectoryRole::authenticationAdministrator, other, "forbidden"},
                            Row{admin, DirectoryRole::globalAdministrator, other, "done"},
                            Row{admin, DirectoryRole::authenticationAdministrator, admin, "forbidden"},
                            Row{admin, DirectoryRole::globalAdministrator, admin, "forbidden"}}) {
        const auto by = as(row.by, row.role);
        CHECK(std::string(code(world.issue(by, row.target))) == row.outcome);
        CHECK(std::string(code(DeleteAccessPass(world.ports)(by, row.target))) == row.outcome);
    }
    CHECK_FALSE(world.account(admin).access_pass);
}

TEST_CASE("CRED-028 CRED-090 a pass is kept as a hash, one a person, and every step of it is audited", "[access-pass]") {
    PassWorld world;
    const auto alice = world.user("alice");
    const auto first = value_of(world.issue(world.admin(), alice));
    CHECK(world.account(alice).access_pass->phc.starts_with("$argon2id$"));
    CHECK(world.account(alice).access_pass->phc.find(std::string(first.code.reveal())) == std::string::npos);
    const auto second = value_of(world.issue(world.admin(), alice));
    CHECK(world.account(alice).access_pass->id == second.pass.id);
    CHECK(world.outcome(alice, first.code.reveal()) == "wrong");
    CHECK(world.outcome(alice, second.code.reveal()) == "accepted");
    CHECK(world.account(alice).access_pass->used_at == world.now);
    CHECK(world.changes_of("IssueAccessPass").find("tap.created") != std::string::npos);
    CHECK(world.changes_of("IssueAccessPass").find("MessageQueued") != std::string::npos);  // CRED-088
    const auto records = world.audit();  // acts of one millisecond have no order among them
    CHECK(std::ranges::any_of(records, [](const auto& record) { return record.changes.find("tap.used") != std::string::npos; }));
    REQUIRE(DeleteAccessPass(world.ports)(world.admin(), alice));
    CHECK(world.changes_of("DeleteAccessPass").find("tap.deleted") != std::string::npos);
    CHECK_FALSE(world.account(alice).access_pass);
    CHECK(world.outcome(alice, second.code.reveal()) == "wrong");
    for (const auto& record : world.audit()) CHECK(record.changes.find(std::string(second.code.reveal())) == std::string::npos);
}

TEST_CASE("CRED-029 a one-time pass is used once, and five wrong ones pause it", "[access-pass]") {
    PassWorld world;
    const auto alice = world.user("alice");
    const auto once  = value_of(world.issue(world.admin(), alice, {.is_one_time = true}));
    CHECK(world.outcome(alice, once.code.reveal()) == "accepted");
    CHECK(world.outcome(alice, once.code.reveal()) == "wrong");
    const auto used = AccessPassUsed{alice, once.pass.id, world.now};
    const auto again = world.ports.journal.commit({.tenant = world.tenant, .id = ActId{5, 5}, .name = "Replay", .by = {}, .at = world.now, .correlation = {}, .changes = {used}});
    CHECK(again.error().code == ErrorCode::conflict);

    const auto pass = value_of(world.issue(world.admin(), alice));
    for (int i = 0; i < 5; ++i) CHECK(world.outcome(alice, "bcdfghjk") == "wrong");
    CHECK(world.outcome(alice, pass.code.reveal()) == "paused");
    CHECK(world.outcome(alice, pass.code.reveal(), "198.51.100.7") == "accepted");  // one place's tries are not another's
    world.now += 15min;
    CHECK(world.outcome(alice, pass.code.reveal()) == "accepted");
}

TEST_CASE("PROTO-523 attack: many networks that guess one pass have one budget, which ends with the hour and the pass", "[access-pass]") {
    PassWorld world;
    const auto alice = world.user("alice");
    const auto pass  = value_of(world.issue(world.admin(), alice));
    const auto from  = [](int network) { return "198.51.100." + std::to_string(network); };
    for (int i = 0; i < 200; ++i) world.outcome(alice, "bcdfghjk", from(250));  // one that goes on while it waits uses up five
    for (int i = 5; i < credentials::kPassTriesElsewherePerHour; ++i) CHECK(world.outcome(alice, "bcdfghjk", from(i / 4)) == "wrong");
    CHECK(world.outcome(alice, pass.code.reveal(), from(200)) == "paused");
    const auto next = value_of(world.issue(world.admin(), alice));
    CHECK(world.outcome(alice, pass.code.reveal(), from(200)) == "wrong");
    CHECK(world.outcome(alice, next.code.reveal(), from(200)) == "accepted");
    for (int i = 0; i < credentials::kPassTriesElsewherePerHour; ++i) world.outcome(alice, "bcdfghjk", from(i / 4));
    CHECK(world.outcome(alice, next.code.reveal(), from(201)) == "paused");
    world.now += 59min;
    CHECK(world.outcome(alice, next.code.reveal(), from(201)) == "paused");
}

TEST_CASE("CRED-001 a member of an excluded group, nested ones too, neither uses nor registers; the registration stays", "[access-pass]") {
    PassWorld world;
    const auto alice = world.user("alice");
    const auto outer = value_of(CreateGroup(world.ports)(world.admin(), "Outer")), inner = value_of(CreateGroup(world.ports)(world.admin(), "Inner"));
    world.commit({GroupNested{outer.id, inner.id}, GroupMemberAdded{inner.id, alice}});
    const MethodId id = world.ports.random.new_id<MethodId>(world.now);
    world.commit({MethodRegistered{{.id = id, .user = alice, .kind = AuthMethod::softwareOath, .display_name = "Phone", .sealed_secret = "x", .created_at = world.now}}});
    REQUIRE(world.issue(world.admin(), alice));
    using Factors = std::vector<SecondFactor>;
    const auto factors = [&] { return second_factors(*world.snapshot(), world.account(alice), world.now); };
    CHECK(factors() == Factors{SecondFactor::accessPass, SecondFactor::code});
    CHECK(may_add_totp(*world.snapshot(), world.account(alice)));

    world.settings([&](auto& s) { s.methods.software_oath.exclude.groups = {outer.id}; });
    CHECK(world.changes_of("ChangeTenantSettings").find("\"methods\"") != std::string::npos);
    CHECK(factors() == Factors{SecondFactor::accessPass});
    CHECK_FALSE(may_add_totp(*world.snapshot(), world.account(alice)));
    CHECK(world.account(alice).methods.size() == 1);
    world.settings([&](auto& s) { s.methods.access_pass.include = {.all_users = false, .users = {}, .groups = {}}; });
    CHECK(factors().empty());
    world.settings([&](auto& s) { s.methods.software_oath.exclude = {}; });
    CHECK(factors() == Factors{SecondFactor::code});
}

}  // namespace
}  // namespace portcullis::app
