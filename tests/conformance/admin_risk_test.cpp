#include <catch2/catch.hpp>

#include "app/admin/block_user.h"
#include "app/admin/confirm_sign_in_compromised.h"
#include "app/admin/confirm_sign_in_safe.h"
#include "app/admin/confirm_user_compromised.h"
#include "app/admin/confirm_user_safe.h"
#include "app/admin/delete_user.h"
#include "app/admin/dismiss_sign_in_risk.h"
#include "app/admin/dismiss_user_risk.h"
#include "app/admin/issue_temporary_password.h"
#include "app/admin/reports.h"
#include "app/admin/report_leaked_credentials.h"
#include "app/admin/revoke_sessions.h"
#include "tests/support/admin_world.h"

using namespace portcullis;
using tests::AdminWorld;
using namespace std::chrono_literals;

namespace {

void leak(AdminWorld& world, UserId user, RiskLevel level = RiskLevel::high) {
    REQUIRE(app::ReportLeakedCredentials(world.ports)(world.admin(), user, {"a breach", world.now}, level));
}

Result<void> dismiss(AdminWorld& world, const app::Admin& admin, UserId user) {
    return app::DismissUserRisk(world.ports)(admin, {&user, 1});
}

std::size_t acts(AdminWorld& world, std::string_view name) {
    const auto all = world.audit();
    return static_cast<std::size_t>(std::ranges::count(all, name, &app::AuditRecord::name));
}

bool has_live_session(AdminWorld& world, UserId user) {
    const auto sessions = tests::value_of(world.ports.sessions.of_user(world.tenant, user));
    return std::ranges::any_of(sessions, [](const auto& s) { return s.state == identity::SessionState::active; });
}

void open_session(AdminWorld& world, UserId user) {
    identity::Session session{.id = SessionId{7, user.low}, .user = user, .reference_digest = "a" + to_string(user),
                              .cross_site_reference_digest = "b" + to_string(user)};
    session.auth_time = session.created_at = session.last_seen_at = world.now;
    session.expires_at = world.now + 24h;
    world.commit({app::SessionOpened{session}});
    REQUIRE(has_live_session(world, user));
}

}  // namespace

TEST_CASE("of two detections raised at once both count for the user, whoever commits last (stale projection)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    const auto found = [&](RiskEventType type, RiskLevel level) {
        return risk::RiskDetection{.id              = world.ports.random.new_id<DetectionId>(world.now),
                                   .user            = alice,
                                   .type            = type,
                                   .level           = level,
                                   .state           = RiskState::atRisk,
                                   .activity_at     = world.now,
                                   .detected_at     = world.now,
                                   .last_updated_at = world.now};
    };
    const auto raise = [&](app::RiskChanges& book, const risk::RiskDetection& detection) {
        book.raise({&detection, 1}, world.now);
        return tests::value_of(book.changes(world.ports, world.now));
    };
    const auto commit = [&](std::vector<app::Change> changes) {
        return world.ports.journal.commit({.tenant      = world.tenant,
                                           .id          = world.ports.random.new_id<ActId>(world.now),
                                           .name        = "Raise",
                                           .by          = {},
                                           .at          = world.now,
                                           .correlation = CorrelationId{1, 1},
                                           .changes     = std::move(changes)});
    };
    auto first  = tests::value_of(app::RiskChanges::read(world.ports, world.tenant, alice, std::nullopt));
    auto second = tests::value_of(app::RiskChanges::read(world.ports, world.tenant, alice, std::nullopt));
    REQUIRE(commit(raise(first, found(RiskEventType::leakedCredentials, RiskLevel::high))));
    const auto low = found(RiskEventType::anonymizedIPAddress, RiskLevel::low);
    CHECK(commit(raise(second, low)).error().code == ErrorCode::conflict);

    auto again = tests::value_of(app::RiskChanges::read(world.ports, world.tenant, alice, std::nullopt));
    REQUIRE(commit(raise(again, low)));
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK(world.detections(alice).size() == 2);
}

TEST_CASE("dismissing user risk closes user, sign-ins and detections and leaves the password (IDP-071, IDP-055, E13)") {
    AdminWorld world;
    const auto alice    = world.user("alice");
    const auto sign_in  = world.sign_in(alice, RiskLevel::medium);
    const auto password = world.account(alice).password->phc;
    leak(world, alice);
    CHECK(world.risky(alice).level == RiskLevel::high);

    world.now += 1h;
    REQUIRE(dismiss(world, world.admin(), alice));
    CHECK(world.risky(alice).level == RiskLevel::none);
    CHECK(world.risky(alice).state == RiskState::dismissed);
    CHECK(world.risky(alice).detail == RiskDetail::adminDismissedAllRiskForUser);
    for (const auto& detection : world.detections(alice)) {
        CHECK(detection.state == RiskState::dismissed);
        CHECK(detection.detail == RiskDetail::adminDismissedAllRiskForUser);
    }
    CHECK(world.record(sign_in).risk_state == RiskState::dismissed);
    CHECK(world.record(sign_in).risk_level_during_sign_in == RiskLevel::medium);
    CHECK(world.account(alice).password->phc == password);

    SECTION("again changes nothing and is not an act") {
        REQUIRE(dismiss(world, world.admin(), alice));
        CHECK(acts(world, "DismissUserRisk") == 1);
    }
    SECTION("the history says by whom") {
        const auto history = tests::value_of(world.ports.detections.history(world.tenant, alice, 10));
        CHECK(history.front().initiated_by == "cli:root");
        CHECK(history.front().state == RiskState::dismissed);
    }
}

TEST_CASE("dismissing several users is all or none, and bounded (IDP-055)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    leak(world, alice);
    const std::vector<UserId> with_stranger{alice, UserId{5, 5}};
    CHECK(app::DismissUserRisk(world.ports)(world.admin(), with_stranger).error().code == ErrorCode::notFound);
    CHECK(world.risky(alice).state == RiskState::atRisk);
    const std::vector<UserId> many(61, alice);
    CHECK(app::DismissUserRisk(world.ports)(world.admin(), many).error().code == ErrorCode::invalidRequest);
    CHECK(app::DismissUserRisk(world.ports)(world.admin(), {}).error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a deleted user remains listed and cannot be dismissed (IDP-078, E25)") {
    AdminWorld world;
    const auto gina = world.user("gina");
    leak(world, gina);
    open_session(world, gina);
    REQUIRE(app::DeleteUser(world.ports)(world.admin(), gina));
    CHECK(world.risky(gina).is_deleted);
    CHECK(world.risky(gina).level == RiskLevel::high);
    CHECK(world.risky(gina).state == RiskState::atRisk);
    CHECK_FALSE(has_live_session(world, gina));

    CHECK(dismiss(world, world.admin(), gina).error().code == ErrorCode::conflict);
    CHECK(app::ConfirmUserSafe(world.ports)(world.admin(), gina).error().code == ErrorCode::conflict);
    CHECK(app::ConfirmUserCompromised(world.ports)(world.admin(), gina).error().code == ErrorCode::conflict);
    CHECK(app::ReportLeakedCredentials(world.ports)(world.admin(), gina, {"a breach", world.now}).error().code == ErrorCode::conflict);
    CHECK(world.risky(gina).level == RiskLevel::high);
    CHECK(world.detections(gina).size() == 1);

    CHECK(tests::value_of(app::find_account(world.ports, world.tenant, "Gina@contoso.example")).user.id == gina);
    REQUIRE(app::DeleteUser(world.ports)(world.admin(), gina));
    CHECK(acts(world, "DeleteUser") == 1);
    CHECK(world.user("gina") != gina);
}

TEST_CASE("dismissing one sign-in leaves what remains to decide the user (IDP-055, E14)") {
    AdminWorld world;
    const auto alice   = world.user("alice");
    const auto high    = world.sign_in(alice, RiskLevel::high);
    const auto earlier = world.sign_in(alice, RiskLevel::medium);
    world.now += 1min;
    REQUIRE(app::DismissSignInRisk(world.ports)(world.admin(), high));
    CHECK(world.risky(alice).level == RiskLevel::medium);
    CHECK(world.risky(alice).state == RiskState::atRisk);
    CHECK(world.record(high).risk_state == RiskState::dismissed);
    CHECK(world.record(high).risk_detail == RiskDetail::adminDismissedRiskForSignIn);
    CHECK(world.record(high).risk_level_aggregated == RiskLevel::none);
    CHECK(world.record(earlier).risk_state == RiskState::atRisk);
}

TEST_CASE("a sign-in confirmed safe closes its risk and becomes familiar, once (IDP-055, E15)") {
    AdminWorld world;
    const auto alice   = world.user("alice");
    const auto sign_in = world.sign_in(alice, RiskLevel::medium);
    world.now += 1min;
    REQUIRE(app::ConfirmSignInSafe(world.ports)(world.admin(), sign_in));
    CHECK(world.record(sign_in).risk_level_aggregated == RiskLevel::none);
    CHECK(world.record(sign_in).risk_state == RiskState::confirmedSafe);
    CHECK(world.record(sign_in).risk_level_during_sign_in == RiskLevel::medium);
    CHECK(world.risky(alice).level == RiskLevel::none);
    CHECK(tests::value_of(world.ports.profiles.of_user(world.tenant, alice)).profile.sign_ins == 1);
    REQUIRE(app::ConfirmSignInSafe(world.ports)(world.admin(), sign_in));
    CHECK(tests::value_of(world.ports.profiles.of_user(world.tenant, alice)).profile.sign_ins == 1);
}

TEST_CASE("a sign-in confirmed compromised counts as high, whatever was detected in it (IDP-072, E16)") {
    AdminWorld world;
    const auto henry   = world.user("henry");
    const auto level   = GENERATE(values<std::optional<RiskLevel>>({std::nullopt, RiskLevel::low}));
    const auto sign_in = world.sign_in(henry, level);
    open_session(world, henry);
    world.now += 1min;
    REQUIRE(app::ConfirmSignInCompromised(world.ports)(world.admin(), sign_in));
    const auto record = world.record(sign_in);
    CHECK(record.risk_level_aggregated == RiskLevel::high);
    CHECK(record.risk_state == RiskState::confirmedCompromised);
    CHECK(record.risk_detail == RiskDetail::adminConfirmedSigninCompromised);
    CHECK(record.risk_level_during_sign_in == level.value_or(RiskLevel::none));
    CHECK(world.risky(henry).level == RiskLevel::high);
    CHECK(world.risky(henry).state == RiskState::confirmedCompromised);
    CHECK(world.risky(henry).detail == RiskDetail::adminConfirmedSigninCompromised);
    CHECK(world.detections(henry).size() == 1);
    CHECK_FALSE(has_live_session(world, henry));
    CHECK(world.account(henry).user.sign_in_sessions_valid_from == world.now);

    SECTION("again changes nothing") {
        REQUIRE(app::ConfirmSignInCompromised(world.ports)(world.admin(), sign_in));
        CHECK(acts(world, "ConfirmSignInCompromised") == 1);
    }
    SECTION("its risk cannot be dismissed alone, but the sign-in can be confirmed safe") {
        CHECK(app::DismissSignInRisk(world.ports)(world.admin(), sign_in).error().code == ErrorCode::conflict);
        REQUIRE(app::ConfirmSignInSafe(world.ports)(world.admin(), sign_in));
        CHECK(world.risky(henry).level == RiskLevel::none);
        CHECK(world.risky(henry).state == RiskState::confirmedSafe);
    }
    SECTION("while the user is confirmed compromised too, it is not safe") {
        REQUIRE(app::ConfirmUserCompromised(world.ports)(world.admin(), henry));
        CHECK(world.risky(henry).detail == RiskDetail::adminConfirmedUserCompromised);
        CHECK(app::ConfirmSignInSafe(world.ports)(world.admin(), sign_in).error().code == ErrorCode::conflict);
    }
}

TEST_CASE("a user confirmed compromised is high, loses every session, and gets one detection (IDP-072, IDP-055, E17)") {
    AdminWorld world;
    const auto alice   = world.user("alice");
    const auto sign_in = world.sign_in(alice, RiskLevel::low);
    open_session(world, alice);
    world.now += 1min;
    REQUIRE(app::ConfirmUserCompromised(world.ports)(world.admin(), alice));
    REQUIRE(app::ConfirmUserCompromised(world.ports)(world.admin(), alice));
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK(world.risky(alice).state == RiskState::confirmedCompromised);
    CHECK(world.record(sign_in).risk_state == RiskState::confirmedCompromised);
    CHECK_FALSE(has_live_session(world, alice));
    const auto all   = world.detections(alice);
    const auto added = std::ranges::count(all, RiskEventType::adminConfirmedUserCompromised, &risk::RiskDetection::type);
    CHECK(added == 1);
    CHECK(acts(world, "ConfirmUserCompromised") == 1);
    REQUIRE(dismiss(world, world.admin(), alice));
    CHECK(world.risky(alice).state == RiskState::dismissed);
}

TEST_CASE("a user confirmed safe starts to be learned anew (E18)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    REQUIRE(app::ConfirmSignInSafe(world.ports)(world.admin(), world.sign_in(alice, RiskLevel::low)));
    leak(world, alice);
    world.now += 1h;
    REQUIRE(app::ConfirmUserSafe(world.ports)(world.admin(), alice));
    CHECK(world.risky(alice).level == RiskLevel::none);
    CHECK(world.risky(alice).state == RiskState::confirmedSafe);
    CHECK(world.risky(alice).detail == RiskDetail::adminConfirmedAccountSafe);
    const auto profile = tests::value_of(world.ports.profiles.of_user(world.tenant, alice)).profile;
    CHECK(profile.learned == 0);
    CHECK(profile.learning_since == world.now);
}

TEST_CASE("leaked credentials make the user as risky as the finder is sure (E03)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    const auto level = GENERATE(RiskLevel::low, RiskLevel::medium, RiskLevel::high);
    leak(world, alice, level);
    CHECK(world.risky(alice).level == level);
    CHECK(world.risky(alice).state == RiskState::atRisk);
    CHECK(world.detections(alice).front().type == RiskEventType::leakedCredentials);
    CHECK(app::ReportLeakedCredentials(world.ports)(world.admin(), alice, {"x", world.now}, RiskLevel::none).error().code ==
          ErrorCode::invalidRequest);
}

TEST_CASE("a temporary password remediates, ends sessions, lifts the lockout and must be changed (IDP-054, E11)") {
    AdminWorld world;
    const auto carol = world.user("carol");
    leak(world, carol);
    open_session(world, carol);
    const auto lock = to_string(carol) + "|unfamiliar";
    REQUIRE(world.ports.flows.put(world.tenant, app::FlowKind::lockout, lock, "locked", world.now + 48h));
    world.now += 1min;

    app::PasswordSetter passwords(world.ports);
    app::VerifyPassword verify(world.ports);
    const auto password = tests::value_of(app::IssueTemporaryPassword(world.ports, passwords, verify)(world.admin(), carol));
    CHECK(password.size() == 19);
    const auto account = world.account(carol);
    CHECK(account.password->must_change);
    CHECK(account.password->expires_at == world.now + 24h);
    CHECK(account.password->generation == 1);
    CHECK(tests::value_of(passwords.is_current(account, password)));
    CHECK(world.risky(carol).level == RiskLevel::none);
    CHECK(world.risky(carol).state == RiskState::remediated);
    CHECK(world.risky(carol).detail == RiskDetail::adminGeneratedTemporaryPassword);
    CHECK(world.detections(carol).front().remediation == RemediationMethod::adminTempPassword);
    CHECK_FALSE(has_live_session(world, carol));
    CHECK_FALSE(tests::value_of(world.ports.flows.find(world.tenant, app::FlowKind::lockout, lock, world.now)));
    for (const auto& act : world.audit()) CHECK(act.changes.find(std::string(password.reveal())) == std::string::npos);
}

TEST_CASE("blocking and revoking are mitigation: sessions end, risk stays (E27, E28)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    leak(world, alice);
    open_session(world, alice);
    SECTION("block, twice, and unblock") {
        REQUIRE(app::BlockUser(world.ports)(world.admin(), alice));
        REQUIRE(app::BlockUser(world.ports)(world.admin(), alice));
        CHECK(acts(world, "BlockUser") == 1);
        CHECK_FALSE(world.account(alice).user.account_enabled);
        CHECK_FALSE(has_live_session(world, alice));
        REQUIRE(app::UnblockUser(world.ports)(world.admin(), alice));
        CHECK(world.account(alice).user.account_enabled);
    }
    SECTION("revoke") {
        REQUIRE(app::RevokeSessions(world.ports)(world.admin(), alice));
        CHECK_FALSE(has_live_session(world, alice));
    }
    CHECK(world.risky(alice).level == RiskLevel::high);
    CHECK(world.risky(alice).state == RiskState::atRisk);
}

TEST_CASE("no administrator closes their own risk, and none acts without the role (id-protection.md section 6)") {
    AdminWorld world;
    const auto secop    = world.user("secop");
    const auto alice    = world.user("alice");
    const auto operator_ = world.admin_as(secop, {identity::DirectoryRole::securityOperator});
    const auto own      = world.sign_in(secop, RiskLevel::low);
    leak(world, alice);

    CHECK(dismiss(world, operator_, secop).error().code == ErrorCode::forbidden);
    CHECK(app::ConfirmUserSafe(world.ports)(operator_, secop).error().code == ErrorCode::forbidden);
    CHECK(app::ConfirmSignInSafe(world.ports)(operator_, own).error().code == ErrorCode::forbidden);
    CHECK(app::DismissSignInRisk(world.ports)(operator_, own).error().code == ErrorCode::forbidden);
    CHECK(world.risky(secop).state == RiskState::atRisk);

    CHECK(app::BlockUser(world.ports)(operator_, alice).error().code == ErrorCode::forbidden);
    CHECK(dismiss(world, world.admin_as(secop, {identity::DirectoryRole::userAdministrator}), alice).error().code == ErrorCode::forbidden);
    CHECK(dismiss(world, world.admin_as(secop, {}), alice).error().code == ErrorCode::forbidden);
    REQUIRE(dismiss(world, operator_, alice));
    const auto all   = world.audit();
    const auto acted = std::ranges::find(all, "DismissUserRisk", &app::AuditRecord::name);
    REQUIRE(acted != all.end());
    CHECK(acted->actor == secop);
}

TEST_CASE("a privileged account's password is a Global Administrator's to reset (id-protection.md section 6)") {
    AdminWorld world;
    const auto boss = world.user("boss");
    const auto desk = world.user("helpdesk");
    world.commit({app::RoleAssigned{boss, identity::id_of(identity::DirectoryRole::reportsReader)}});
    app::PasswordSetter passwords(world.ports);
    app::VerifyPassword verify(world.ports);
    app::IssueTemporaryPassword issue(world.ports, passwords, verify);
    const auto helpdesk = world.admin_as(desk, {identity::DirectoryRole::helpdeskAdministrator});
    CHECK(issue(helpdesk, boss).error().code == ErrorCode::forbidden);
    CHECK(issue(helpdesk, desk).error().code == ErrorCode::forbidden);
    CHECK(issue(helpdesk, world.user("alice")));
    CHECK(issue(world.admin_as(desk, {identity::DirectoryRole::globalAdministrator}), boss));
}

TEST_CASE("a sign-in report shows risk as it stands now beside the level that was pinned (IDP-103)") {
    AdminWorld world;
    const auto alice   = world.user("alice");
    const auto sign_in = world.sign_in(alice, RiskLevel::medium);
    REQUIRE(app::ConfirmSignInSafe(world.ports)(world.admin(), sign_in));
    const auto report = tests::value_of(app::sign_in_report(world.record(sign_in)));
    CHECK(json::string_at(report, "riskLevelDuringSignIn") == "medium");
    CHECK(json::string_at(report, "riskLevelAggregated") == "none");
    CHECK(json::string_at(report, "riskState") == "confirmedSafe");
}
