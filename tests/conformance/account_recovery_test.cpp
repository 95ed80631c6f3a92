#include <catch2/catch.hpp>

#include "app/admin/recover_account.h"
#include "app/verify_access_pass.h"
#include "tests/support/admin_world.h"

/// Recovery of an account by two administrators, below the command line (credentials.md §6.8).
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using identity::DirectoryRole;
using tests::AdminWorld;
using tests::value_of;

constexpr std::string_view kReason = "seen with passport at the desk in Utrecht";

class RecoveryWorld : public AdminWorld {
public:
    RecoveryWorld() : passwords_(ports), verify_password_(ports), recover(ports, passwords_, verify_password_) {}

    /// Somebody new who administers methods, as they are at the desk.
    Admin administrator(const std::string& name, DirectoryRole role = DirectoryRole::authenticationAdministrator) {
        const auto id = user(name);
        commit({RoleAssigned{id, identity::id_of(role)}});
        return at_desk(id);
    }
    Admin at_desk(UserId who) { return value_of(administrator_of(admin(), account(who))); }
    std::string outcome(const auto& result) {
        if (result) return "done";
        switch (result.error().code) {
            case ErrorCode::forbidden:      return "forbidden";
            case ErrorCode::conflict:       return "conflict";
            case ErrorCode::notFound:       return "not found";
            case ErrorCode::invalidRequest: return "invalid";
            default:                        return "failed";
        }
    }
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }

private:
    PasswordSetter passwords_;
    VerifyPassword verify_password_;

public:
    RecoverAccount recover;
};

TEST_CASE("CRED-032 two administrators bring an account back: one asks, another confirms, and a pass opens it", "[recovery]") {
    RecoveryWorld world;
    const auto lost = world.user("lost");
    const auto first = world.administrator("first"), second = world.administrator("second");
    world.commit({MethodRegistered{{.id = {5, 1}, .user = lost, .kind = AuthMethod::recoveryCode, .display_name = "Codes", .created_at = world.now}},
                  RecoveryCodesMade{lost, {5, 1}, {"a", "b"}}});
    const auto generation = world.account(lost).password->generation;

    const auto asked = value_of(world.recover.ask(first, lost, kReason));
    CHECK(asked.ends_at == world.now + 24h);
    CHECK(world.account(lost).methods.size() == 1);
    CHECK(world.account(lost).password->generation == generation);
    CHECK(value_of(world.recover.pending(second, lost))->reason == kReason);
    CHECK(world.outcome(world.recover.confirm(first, lost, {})) == "forbidden");

    auto done = value_of(world.recover.confirm(second, lost, {}));
    const auto after = world.account(lost);
    CHECK(done.removed == std::vector{AuthMethod::recoveryCode});
    CHECK(after.methods.empty());
    CHECK(value_of(world.ports.directory.recovery_codes(world.tenant, lost)).empty());
    CHECK(after.password->generation != generation);
    CHECK(after.password->must_change);
    CHECK(after.user.sign_in_sessions_valid_from == world.now);
    const auto opened = value_of(VerifyAccessPass(world.ports).of(*world.snapshot(), after, done.pass.code.reveal(), {.now = world.now, .request = {}, .correlation = {}, .address = {}}));
    CHECK(std::holds_alternative<PassAccepted>(opened));

    // One story: who asked and how they knew, who confirmed, and what became of the account.
    const auto story = world.changes_of("RecoverAccount");
    for (const auto* told : {"recovered", "seen with passport", "PasswordSet", "MethodRemoved", "SessionsRevoked", "AccessPassIssued"}) {
        CHECK(story.find(told) != std::string::npos);
    }
    CHECK(story.find(to_string(first.actor.id)) != std::string::npos);
    CHECK(story.find(done.pass.code.reveal()) == std::string::npos);
    CHECK(world.changes_of("AskAccountRecovery").find("seen with passport") != std::string::npos);

    CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "not found");
}

TEST_CASE("CRED-032 attack: neither one person twice, nor nobody's command line, nor the person themselves, nor who lost the role", "[recovery]") {
    RecoveryWorld world;
    const auto lost = world.user("lost");
    const auto first = world.administrator("first"), second = world.administrator("second");
    const auto helpdesk = world.administrator("helpdesk", DirectoryRole::helpdeskAdministrator);
    const auto global   = world.administrator("global", DirectoryRole::globalAdministrator);
    CHECK(world.outcome(world.recover.ask(world.admin(), lost, kReason)) == "forbidden");
    CHECK(world.outcome(world.recover.ask(helpdesk, lost, kReason)) == "forbidden");
    CHECK(world.outcome(world.recover.ask(world.at_desk(lost), lost, kReason)) == "forbidden");
    CHECK(world.outcome(world.recover.ask(global, global.actor.id, kReason)) == "forbidden");
    CHECK(world.outcome(world.recover.ask(first, second.actor.id, kReason)) == "forbidden");  // an administrator's is a Global Administrator's
    CHECK(world.outcome(world.recover.ask(first, lost, "short")) == "invalid");
    CHECK(world.outcome(world.recover.ask(first, lost, "two lines\nof a reason")) == "invalid");
    CHECK(world.outcome(world.recover.ask(first, UserId{4, 4}, kReason)) == "not found");
    CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "not found");

    REQUIRE(world.recover.ask(first, lost, kReason));
    CHECK(world.outcome(world.recover.ask(second, lost, kReason)) == "conflict");
    CHECK(world.outcome(world.recover.confirm(world.admin(), lost, {})) == "forbidden");
    CHECK(world.outcome(world.recover.confirm(helpdesk, lost, {})) == "forbidden");
    CHECK(world.outcome(world.recover.confirm(world.at_desk(lost), lost, {})) == "forbidden");
    CHECK(world.account(lost).access_pass == std::nullopt);

    SECTION("who asked is no administrator any more") {
        world.commit({RoleUnassigned{first.actor.id, identity::id_of(DirectoryRole::authenticationAdministrator)}});
        CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "forbidden");
    }
    SECTION("who asked is blocked") {
        auto blocked            = world.account(first.actor.id).user;
        blocked.account_enabled = false;
        world.commit({UserChanged{blocked}});
        CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "forbidden");
    }
    SECTION("the person holds a role by now: both must be Global Administrators") {
        world.commit({RoleAssigned{lost, identity::id_of(DirectoryRole::securityReader)}});
        CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "forbidden");
        CHECK(world.outcome(world.recover.confirm(global, lost, {})) == "forbidden");
    }
    SECTION("a day later it has lapsed") {
        world.now += 24h;
        CHECK(world.outcome(world.recover.confirm(world.at_desk(second.actor.id), lost, {})) == "not found");
    }
    SECTION("it was taken back") {
        REQUIRE(world.recover.withdraw(second, lost));
        CHECK(world.outcome(world.recover.withdraw(second, lost)) == "not found");
        CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "not found");
    }
    SECTION("terms that no pass may have change nothing, and it is still to be confirmed") {
        CHECK(world.outcome(world.recover.confirm(second, lost, {.lifetime = 1min})) == "invalid");
        CHECK_FALSE(world.account(lost).password->must_change);
        CHECK(world.outcome(world.recover.confirm(second, lost, {})) == "done");
    }
    CHECK((world.account(lost).access_pass.has_value() || !world.account(lost).password->must_change));
}

}  // namespace
}  // namespace portcullis::app
