#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "adapters/sql/directory.h"
#include "adapters/sql/flow_store.h"
#include "adapters/sql/journal.h"
#include "adapters/sql/migrations.h"
#include "adapters/sql/notice_store.h"
#include "adapters/sql/outbox.h"
#include "adapters/sql/keyring_store.h"
#include "adapters/sql/risk_detections.h"
#include "adapters/sql/sealed_values.h"
#include "adapters/sql/retention.h"
#include "adapters/sql/sessions.h"
#include "adapters/sql/standings.h"
#include "adapters/sql/tenants.h"
#include "tests/conformance/db_engines.h"

/// One suite for every port of the store, on every engine.
namespace portcullis::sql {
namespace {

using namespace std::chrono_literals;
using app::FlowKind;
using identity::RefreshTokenState;
using tests::must;

constexpr TenantId kContoso{1, 1};
constexpr TenantId kFabrikam{1, 2};
constexpr UserId kAlice{2, 1};
const Instant kNow = from_unix_seconds(1'800'000'000);

/// A migrated database with two tenants and alice in one of them.
template <class Engine>
class Store {
public:
    Store() {
        must(migrate(engine_.db(), must(migrations_for(engine_.db().engine(), embedded::migrations())), kNow));
        must_commit(kContoso, {app::TenantCreated{{.id = kContoso, .domain = "contoso.example"}}});
        must_commit(kFabrikam, {app::TenantCreated{{.id = kFabrikam, .domain = "fabrikam.example"}}});
        must_commit(kContoso, {app::UserCreated{alice(), "alice@contoso.example"}});
    }

    static identity::User alice() {
        return {.id = kAlice, .user_principal_name = "alice@contoso.example", .display_name = "Alice", .created_at = kNow, .sign_in_sessions_valid_from = kNow};
    }
    Result<void> commit(TenantId tenant, std::vector<app::Change> changes) {
        return journal.commit({.tenant = tenant, .id = {9, ++acts_}, .name = "Test", .by = {}, .at = kNow, .correlation = {}, .changes = std::move(changes)});
    }
    void must_commit(TenantId tenant, std::vector<app::Change> changes) {
        const auto done = commit(tenant, std::move(changes));
        if (!done) FAIL(done.error().message);
    }
    void open_session(SessionId id, std::string reference) {
        must_commit(kContoso, {app::SessionOpened{{.id = id, .user = kAlice, .reference_digest = reference, .cross_site_reference_digest = reference + "x"}}});
    }
    void open_grant(GrantId id, std::string token) {
        must_commit(kContoso, {app::GrantOpened{{.id = id, .user = kAlice, .session = {3, 1}, .scope = "openid", .expires_at = kNow + 24h},
                                                identity::RefreshToken{.digest = token, .grant = id, .issued_at = kNow, .expires_at = kNow + 1h}}});
    }
    app::RefreshRotated rotation(GrantId grant, std::string used, std::string next) {
        return {.used_digest = used, .next = {.digest = next, .grant = grant, .issued_at = kNow, .expires_at = kNow + 1h}, .at = kNow, .sealed_successor = "s"};
    }
    risk::RiskDetection detection(DetectionId id, RiskState state = RiskState::atRisk) {
        return {.id = id, .user = kAlice, .sign_in = SignInId{7, 7}, .type = RiskEventType::anonymizedIPAddress, .level = RiskLevel::medium, .state = state, .activity_at = kNow, .detected_at = kNow, .last_updated_at = kNow};
    }

private:
    Engine engine_;
    std::uint64_t acts_ = 0;

public:
    Db& db = engine_.db();
    SqlJournal journal{db};
    SqlFlowStore flows{db};
    SqlDirectory directory{db};
    SqlSessions sessions{db};
    SqlTenants tenants{db};
    SqlRiskDetections detections{db};
    SqlProfiles profiles{db};
    SqlOutbox outbox{db};
    SqlAuditLog audit{db};
};

#define STORE_TEST(name) TEMPLATE_TEST_CASE(name, "[store]", tests::SqliteInMemory, tests::Postgres)

STORE_TEST("CRED-028 CRED-029 a person has one access pass, and one for one use is used once, on every engine") {
    Store<TestType> store;
    const auto pass = [](MethodId id, bool is_one_time) {
        return identity::AccessPass{.id = id, .user = kAlice, .phc = "$argon2id$x", .is_one_time = is_one_time, .created_at = kNow, .starts_at = kNow, .ends_at = kNow + 1h, .used_at = {}};
    };
    const auto stored = [&] { return must(store.directory.account(kContoso, kAlice))->access_pass; };
    CHECK_FALSE(stored());
    store.must_commit(kContoso, {app::AccessPassIssued{pass({5, 1}, false)}});
    store.must_commit(kContoso, {app::AccessPassUsed{kAlice, {5, 1}, kNow}});
    store.must_commit(kContoso, {app::AccessPassUsed{kAlice, {5, 1}, kNow + 1min}});
    CHECK(stored()->used_at == kNow + 1min);
    store.must_commit(kContoso, {app::AccessPassIssued{pass({5, 2}, true)}});
    CHECK(stored()->id == MethodId{5, 2});
    CHECK_FALSE(stored()->used_at);
    CHECK(stored()->ends_at == kNow + 1h);
    CHECK(store.commit(kContoso, {app::AccessPassUsed{kAlice, {5, 1}, kNow}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::AccessPassUsed{kAlice, {5, 2}, kNow}});
    CHECK(store.commit(kContoso, {app::AccessPassUsed{kAlice, {5, 2}, kNow}}).error().code == ErrorCode::conflict);
    CHECK(store.commit(kContoso, {app::AccessPassDeleted{kAlice, {5, 1}}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::AccessPassDeleted{kAlice, {5, 2}}});
    CHECK_FALSE(stored());
    CHECK_FALSE(must(store.directory.account_named(kContoso, "alice@contoso.example"))->access_pass);
}

STORE_TEST("CRED-031 a recovery code is spent once, and the codes of a set go with it, on every engine") {
    Store<TestType> store;
    const auto set = [](MethodId id) {
        return identity::AuthenticationMethod{.id = id, .user = kAlice, .kind = AuthMethod::recoveryCode, .display_name = "Recovery codes", .created_at = kNow};
    };
    const auto left = [&] { return must(store.directory.recovery_codes(kContoso, kAlice)).size(); };
    store.must_commit(kContoso, {app::MethodRegistered{set({5, 1})}, app::RecoveryCodesMade{kAlice, {5, 1}, {"a", "b", "c"}}});
    CHECK(left() == 3);
    store.must_commit(kContoso, {app::RecoveryCodeUsed{kAlice, {5, 1}, 1}});
    CHECK(left() == 2);
    CHECK(store.commit(kContoso, {app::RecoveryCodeUsed{kAlice, {5, 1}, 1}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::MethodRemoved{kAlice, {5, 1}}, app::MethodRegistered{set({5, 2})}, app::RecoveryCodesMade{kAlice, {5, 2}, {"d"}}});
    CHECK(left() == 1);
    CHECK(store.commit(kContoso, {app::RecoveryCodeUsed{kAlice, {5, 1}, 0}}).error().code == ErrorCode::conflict);
    CHECK(must(store.directory.account(kContoso, kAlice))->mfa_valid_from == Instant{});
    store.must_commit(kContoso, {app::MfaSessionsRevoked{kAlice, kNow}});
    CHECK(must(store.directory.account(kContoso, kAlice))->mfa_valid_from == kNow);
}

STORE_TEST("CRED-037 a block for MFA is stored, listed until it ends, and lifted once, on every engine") {
    Store<TestType> store;
    const auto stored = [&] { return must(store.directory.account(kContoso, kAlice))->mfa_block; };
    CHECK_FALSE(stored());
    CHECK(store.commit(kContoso, {app::MfaUnblocked{kAlice, "there is none"}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::MfaBlocked{kAlice, {.at = kNow, .ends_at = kNow + 24h, .by_report = true, .reason = "reported"}}});
    REQUIRE(stored());
    CHECK(stored()->at == kNow);
    CHECK(stored()->ends_at == kNow + 24h);
    CHECK(stored()->by_report);
    CHECK(stored()->reason == "reported");
    CHECK(must(store.directory.account_named(kContoso, "alice@contoso.example"))->mfa_block);
    const auto listed = must(store.directory.mfa_blocked(kContoso, kNow + 24h - 1ms));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].user.id == kAlice);
    CHECK(listed[0].block.reason == "reported");
    CHECK(must(store.directory.mfa_blocked(kContoso, kNow + 24h)).empty());
    CHECK(must(store.directory.mfa_blocked(kFabrikam, kNow)).empty());
    store.must_commit(kContoso, {app::MfaBlocked{kAlice, {.at = kNow + 1h, .ends_at = kNow + 48h, .reason = "by hand"}}});
    CHECK_FALSE(stored()->by_report);
    store.must_commit(kContoso, {app::MfaUnblocked{kAlice, "found"}});
    CHECK_FALSE(stored());
    CHECK(store.commit(kContoso, {app::MfaUnblocked{kAlice, "again"}}).error().code == ErrorCode::conflict);
    CHECK(must(store.audit.latest(kContoso, {.most = 1}))[0].changes.find("found") != std::string::npos);
}

STORE_TEST("CRED-008 CRED-016 what a person answered about their methods is kept, each answer counted once, on every engine") {
    Store<TestType> store;
    const auto answered = [&] { return must(store.directory.prompts(kContoso, kAlice)); };
    CHECK_FALSE(answered().reset_confirmed_at);
    CHECK(answered().campaign_skips == 0);
    store.must_commit(kContoso, {app::CampaignSkipped{kAlice, 0, kNow + 24h}});
    CHECK(answered().campaign_skips == 1);
    CHECK(answered().campaign_due_at == kNow + 24h);
    // The same page sent twice is one "not now".
    CHECK(store.commit(kContoso, {app::CampaignSkipped{kAlice, 0, kNow + 25h}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::CampaignSkipped{kAlice, 1, kNow + 48h}});
    store.must_commit(kContoso, {app::ResetInfoConfirmed{kAlice, kNow}});
    CHECK(answered().reset_confirmed_at == kNow);
    CHECK(answered().campaign_skips == 2);
    store.must_commit(kContoso, {app::ResetInfoConfirmed{kAlice, kNow + 1h}});
    CHECK(answered().reset_confirmed_at == kNow + 1h);
    // Who followed the campaign begins anew should the passkey ever go.
    identity::AuthenticationMethod key{.id = {5, 1}, .user = kAlice, .kind = AuthMethod::passkeySynced, .display_name = "Key", .created_at = kNow};
    key.passkey = identity::Passkey{.credential_id = "c", .public_key = "k", .user_handle = "h"};
    store.must_commit(kContoso, {app::MethodRegistered{key}});
    CHECK(answered().campaign_skips == 0);
    CHECK_FALSE(answered().campaign_due_at);
    CHECK(answered().reset_confirmed_at == kNow + 1h);
    CHECK_FALSE(must(store.directory.prompts(kFabrikam, kAlice)).reset_confirmed_at);
}

STORE_TEST("CRED-088 each reminder of a registration period is stored once, and a new period begins anew, on every engine") {
    Store<TestType> store;
    const auto deadline = kNow + 14 * 24h;
    const auto under_way = [&](Instant now) { return must(store.directory.registering(kContoso, now, {}, 10)); };
    CHECK(under_way(kNow).empty());
    store.must_commit(kContoso, {app::RegistrationWindowOpened{kAlice, deadline}});
    REQUIRE(under_way(kNow).size() == 1);
    CHECK(under_way(kNow)[0].user.mfa_registration_deadline == deadline);
    CHECK(under_way(kNow)[0].reminders == 0);
    CHECK(under_way(deadline).empty());
    CHECK(must(store.directory.registering(kContoso, kNow, kAlice, 10)).empty());  // the next page
    CHECK(must(store.directory.registering(kFabrikam, kNow, {}, 10)).empty());

    store.must_commit(kContoso, {app::RegistrationReminded{kAlice, deadline, 1}});
    CHECK(under_way(kNow)[0].reminders == 1);
    CHECK(store.commit(kContoso, {app::RegistrationReminded{kAlice, deadline, 1}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::RegistrationReminded{kAlice, deadline, 3}});
    CHECK(store.commit(kContoso, {app::RegistrationReminded{kAlice, deadline, 2}}).error().code == ErrorCode::conflict);

    auto alice = must(store.directory.account(kContoso, kAlice))->user;
    alice.mfa_registration_deadline = deadline + 24h;
    store.must_commit(kContoso, {app::UserChanged{alice}});
    CHECK(under_way(kNow)[0].reminders == 0);
    store.must_commit(kContoso, {app::RegistrationReminded{kAlice, deadline + 24h, 1}});
    CHECK(under_way(kNow)[0].reminders == 1);
    alice = must(store.directory.account(kContoso, kAlice))->user;
    alice.account_enabled = false;
    store.must_commit(kContoso, {app::UserChanged{alice}});
    CHECK(under_way(kNow).empty());
}

STORE_TEST("an act is stored whole or not at all, and leaves one audit row") {
    Store<TestType> store;
    const auto before = must(store.audit.latest(kContoso, {.most = 100})).size();
    // The second change names somebody who does not exist, so the first must not stand either.
    const auto refused = store.commit(kContoso, {app::RoleAssigned{kAlice, {5, 5}}, app::UserDeleted{{2, 99}}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::conflict);
    CHECK(must(store.directory.account(kContoso, kAlice))->roles.empty());
    CHECK(must(store.audit.latest(kContoso, {.most = 100})).size() == before);

    store.must_commit(kContoso, {app::RoleAssigned{kAlice, {5, 5}}});
    CHECK(must(store.directory.account(kContoso, kAlice))->roles == std::vector<RoleId>{{5, 5}});
    const auto records = must(store.audit.latest(kContoso, {.most = 1}));
    REQUIRE(records.size() == 1);
    CHECK(records[0].changes.find("RoleAssigned") != std::string::npos);

    const auto found = [&](const app::AuditQuery& query) { return must(store.audit.latest(kContoso, query)).size(); };
    CHECK(found({.about = kAlice, .name = records[0].name}) >= 1);
    CHECK(found({.about = UserId{2, 99}}) == 0);
    CHECK(found({.name = "NoSuchAct"}) == 0);
}

STORE_TEST("a change decided on an old version is a conflict") {
    Store<TestType> store;
    auto user            = must(store.directory.account(kContoso, kAlice))->user;
    user.account_enabled = false;
    store.must_commit(kContoso, {app::UserChanged{user}});
    CHECK(store.commit(kContoso, {app::UserChanged{user}}).error().code == ErrorCode::conflict);
    CHECK_FALSE(must(store.directory.account(kContoso, kAlice))->user.account_enabled);
}

STORE_TEST("of two nodes that rotate keys at once one makes the next key (signer race, PROTO-010, PROTO-012)") {
    Store<TestType> store;
    const auto key = [](std::string kid, std::string alg, Instant from, Instant until) {
        return app::StoredSigningKey{.kid = kid, .alg = alg, .public_jwk = "{}", .sealed_private = "s", .activates_at = from, .retires_at = until, .published_until = until + 24h};
    };
    store.must_commit(kContoso, {app::SigningKeySaved{key("one", "ES256", kNow, kNow + 24h)}});
    CHECK(store.commit(kContoso, {app::SigningKeySaved{key("two", "ES256", kNow + 1h, kNow + 48h)}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::SigningKeySaved{key("next", "ES256", kNow + 24h, kNow + 48h)}});
    store.must_commit(kContoso, {app::SigningKeySaved{key("other", "RS256", kNow, kNow + 24h)}});
    store.must_commit(kFabrikam, {app::SigningKeySaved{key("theirs", "ES256", kNow, kNow + 24h)}});
    CHECK(must(store.tenants.snapshot(kContoso))->keys.size() == 3);
}

STORE_TEST("a user's risk that was decided on fewer detections than there are is a conflict") {
    Store<TestType> store;
    std::uint64_t history = 0;
    const auto stands     = [&](RiskLevel level, RiskState state) {
        return app::RiskyUserChanged{{.user = kAlice, .level = level, .state = state, .last_updated_at = kNow}, {.user = kAlice, .at = kNow}, {12, ++history}};
    };
    const auto raised = [&](std::uint64_t id, RiskLevel level, RiskState state = RiskState::atRisk) {
        auto detection  = store.detection({11, id}, state);
        detection.level = level;
        return app::DetectionRaised{detection};
    };
    const auto is_conflict = [&](std::vector<app::Change> changes) { return store.commit(kContoso, std::move(changes)).error().code == ErrorCode::conflict; };
    using enum RiskState;
    store.must_commit(kContoso, {raised(1, RiskLevel::high), stands(RiskLevel::high, atRisk)});
    CHECK(is_conflict({raised(2, RiskLevel::low), stands(RiskLevel::low, atRisk)}));
    CHECK(is_conflict({stands(RiskLevel::none, RiskState::none)}));
    CHECK(is_conflict({stands(RiskLevel::high, confirmedCompromised)}));
    store.must_commit(kContoso, {raised(2, RiskLevel::low), stands(RiskLevel::high, atRisk)});
    CHECK(is_conflict({raised(3, RiskLevel::low, confirmedCompromised), stands(RiskLevel::high, atRisk)}));
    store.must_commit(kContoso, {raised(3, RiskLevel::low, confirmedCompromised), stands(RiskLevel::high, confirmedCompromised)});
    CHECK(must(store.detections.risky_user(kContoso, kAlice))->level == RiskLevel::high);
    // Nobody else's detections count.
    store.must_commit(kFabrikam, {stands(RiskLevel::none, dismissed)});
}

STORE_TEST("IDP-125 an alert is written by the act that raises the risk, told once, and no act that fails leaves or takes one, on every engine") {
    Store<TestType> store;
    SqlNoticeStore notices(store.db);
    using enum RiskState;
    std::uint64_t history = 0;
    const auto stands     = [&](RiskLevel level, RiskState state) {
        return app::RiskyUserChanged{{.user = kAlice, .level = level, .state = state, .last_updated_at = kNow}, {.user = kAlice, .at = kNow}, {12, ++history}};
    };
    const auto raised = [&](std::uint64_t id, RiskLevel level, Instant activity) {
        auto detection        = store.detection({11, id});
        detection.level       = level;
        detection.activity_at = activity;
        return app::DetectionRaised{detection};
    };
    const auto waiting = [&](RiskLevel least, Instant since = kNow) { return must(notices.risk_alerts(kContoso, {.least = least, .since = since})); };
    const auto tell    = [&](const app::RiskAlert& alert) { return store.commit(kContoso, {app::RiskAlertsTold{{alert}}}); };

    REQUIRE_FALSE(store.commit(kContoso, {raised(1, RiskLevel::high, kNow), stands(RiskLevel::low, atRisk)}));
    CHECK(waiting(RiskLevel::low).empty());
    store.must_commit(kContoso, {raised(1, RiskLevel::medium, kNow - 1h), stands(RiskLevel::medium, atRisk)});
    CHECK(waiting(RiskLevel::high).empty());
    REQUIRE(waiting(RiskLevel::medium).size() == 1);
    CHECK(must(notices.risk_alerts(kFabrikam, {.least = RiskLevel::low, .since = kNow})).empty());
    store.must_commit(kContoso, {raised(2, RiskLevel::high, kNow - 2h), stands(RiskLevel::high, atRisk)});
    const auto alert = waiting(RiskLevel::high).at(0);
    CHECK(alert.level == RiskLevel::high);
    CHECK(alert.activity_at == kNow - 1h);  // the newest behind it
    CHECK(waiting(RiskLevel::high, kNow + 1h).size() == 1);  // still at risk

    store.must_commit(kContoso, {app::NoticeMarked{"usersAtRisk", std::nullopt, kNow}, app::RiskAlertsTold{{alert}}});
    CHECK(must(notices.told_at(kContoso, "usersAtRisk")) == kNow);
    CHECK_FALSE(must(notices.told_at(kFabrikam, "usersAtRisk")));
    CHECK_FALSE(must(notices.told_at(kContoso, "weeklyDigest")));
    CHECK(tell(alert).error().code == ErrorCode::conflict);
    CHECK(store.commit(kContoso, {app::NoticeMarked{"usersAtRisk", std::nullopt, kNow}}).error().code == ErrorCode::conflict);
    CHECK(store.commit(kContoso, {app::NoticeMarked{"usersAtRisk", kNow - 1h, kNow}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::NoticeMarked{"usersAtRisk", kNow, kNow + 1h}});

    store.must_commit(kContoso, {raised(3, RiskLevel::high, kNow - 90min), stands(RiskLevel::high, atRisk)});
    CHECK(waiting(RiskLevel::low).empty());  // older than what was told
    store.must_commit(kContoso, {raised(4, RiskLevel::low, kNow), stands(RiskLevel::high, atRisk)});
    CHECK(waiting(RiskLevel::high).at(0).told_activity_at == kNow - 1h);

    const auto counts = must(notices.risk_counts(kContoso, kNow - 1h, kNow + 1h));
    CHECK(counts.high == 1);
    CHECK(counts.medium + counts.low + counts.sign_ins == 0);
    CHECK(counts.users_at_risk == 1);
    CHECK(must(notices.risk_counts(kContoso, kNow + 1h, kNow + 2h)).high == 0);
}

STORE_TEST("no tenant sees another's accounts, sessions or flows") {
    Store<TestType> store;
    store.open_session({3, 1}, "ref");
    REQUIRE(store.flows.put(kContoso, FlowKind::code, "k", "v", kNow + 1h).has_value());
    CHECK_FALSE(must(store.directory.account_named(kFabrikam, "alice@contoso.example")));
    CHECK_FALSE(must(store.directory.account(kFabrikam, kAlice)));
    CHECK_FALSE(must(store.sessions.session(kFabrikam, {3, 1})));
    CHECK(must(store.sessions.session(kContoso, {3, 1})));
    CHECK_FALSE(must(store.flows.take(kFabrikam, FlowKind::code, "k", kNow)));
    CHECK(must(store.directory.account_named(kContoso, "alice@contoso.example")));
}

STORE_TEST("a snapshot is never older than the last change of configuration") {
    Store<TestType> store;
    const auto first = must(store.tenants.snapshot_named("contoso.example"));
    CHECK(must(store.tenants.snapshot(kContoso)) == first);
    store.must_commit(kContoso, {app::ApplicationSaved{{.id = {4, 1}, .display_name = "Notes"}}});
    const auto second = must(store.tenants.snapshot(kContoso));
    CHECK(second->tenant.version > first->tenant.version);
    REQUIRE(second->application({4, 1}));
    CHECK(second->application({4, 1})->display_name == "Notes");
    CHECK(store.tenants.snapshot({1, 99}).error().code == ErrorCode::notFound);
    CHECK(store.tenants.snapshot_named("nowhere.example").error().code == ErrorCode::notFound);
}

identity::AuthenticationMethod passkey_of(MethodId id, std::string credential_id) {
    identity::AuthenticationMethod method{.id = id, .user = kAlice, .kind = AuthMethod::passkeySynced, .display_name = "Phone", .created_at = kNow};
    method.passkey = identity::Passkey{.credential_id      = std::move(credential_id),
                                       .public_key         = std::string("\xa5\x00\xff", 3),
                                       .user_handle        = "handle",
                                       .aaguid             = "8446ccb9-ab1d-b374-750b-2367ff6f3a1f",
                                       .attestation        = "none",
                                       .is_backup_eligible = true,
                                       .sign_count         = 4'000'000'000U,
                                       .transports         = {"hybrid", "internal"}};
    return method;
}

STORE_TEST("PROTO-500 a passkey is stored whole, found by its id in its tenant only, and gone with its method") {
    Store<TestType> store;
    const std::string id = std::string("\x00\x01\xfe", 3) + std::string(1020, 'i');  // the longest there is
    store.must_commit(kContoso, {app::MethodRegistered{passkey_of({6, 2}, id)}});
    const auto account = must(store.directory.account_with_passkey(kContoso, id));
    REQUIRE(account);
    CHECK(account->user.id == kAlice);
    REQUIRE(account->methods.size() == 1);
    REQUIRE(account->methods[0].passkey);
    const auto& p = *account->methods[0].passkey;
    CHECK(p.credential_id == id);
    CHECK(p.public_key == std::string("\xa5\x00\xff", 3));
    CHECK(p.user_handle == "handle");
    CHECK(p.aaguid == "8446ccb9-ab1d-b374-750b-2367ff6f3a1f");
    CHECK(p.is_backup_eligible);
    CHECK_FALSE(p.is_attested);
    CHECK(p.sign_count == 4'000'000'000U);
    CHECK(p.transports == std::vector<std::string>{"hybrid", "internal"});
    CHECK_FALSE(p.last_used_at);

    CHECK_FALSE(must(store.directory.account_with_passkey(kContoso, "other")));
    CHECK_FALSE(must(store.directory.account_with_passkey(kFabrikam, id)));
    // An id is registered once in a tenant.
    CHECK(store.commit(kContoso, {app::MethodRegistered{passkey_of({6, 3}, id)}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::MethodRemoved{kAlice, {6, 2}}});
    CHECK_FALSE(must(store.directory.account_with_passkey(kContoso, id)));
    CHECK(must(store.directory.account(kContoso, kAlice))->methods.empty());
}

STORE_TEST("PROTO-504 a passkey's use is stored against the counter it was judged by") {
    Store<TestType> store;
    store.must_commit(kContoso, {app::MethodRegistered{passkey_of({6, 2}, "id")}});
    const app::PasskeyUsed used{.user = kAlice, .method = {6, 2}, .sign_count_before = 4'000'000'000U, .sign_count = 4'000'000'001U,
                                .is_backed_up = true, .is_clone_suspected = true, .at = kNow + 1h};
    store.must_commit(kContoso, {used});
    const auto p = *must(store.directory.account(kContoso, kAlice))->methods.at(0).passkey;
    CHECK(p.sign_count == 4'000'000'001U);
    CHECK(p.is_backed_up);
    CHECK(p.is_clone_suspected);
    CHECK(p.last_used_at == kNow + 1h);
    CHECK(store.commit(kContoso, {used}).error().code == ErrorCode::conflict);
}

STORE_TEST("a TOTP step is spent once (PROTO-520)") {
    Store<TestType> store;
    store.must_commit(kContoso, {app::MethodRegistered{{.id = {6, 1}, .user = kAlice, .display_name = "App", .sealed_secret = "s", .last_used_step = 10, .created_at = kNow}}});
    store.must_commit(kContoso, {app::TotpStepUsed{kAlice, {6, 1}, 11}});
    CHECK(store.commit(kContoso, {app::TotpStepUsed{kAlice, {6, 1}, 11}}).error().code == ErrorCode::conflict);
    CHECK(store.commit(kContoso, {app::TotpStepUsed{kAlice, {6, 1}, 9}}).error().code == ErrorCode::conflict);
    CHECK(must(store.directory.account(kContoso, kAlice))->methods.at(0).last_used_step == 11);
}

identity::HardwareToken token_of(HardwareTokenId id, std::string serial) {
    return {.id = id, .serial_number = std::move(serial), .manufacturer = "Maker", .model = "M1", .sealed_secret = "v1.1.secret", .hash = identity::HashFunction::hmacsha256, .interval = 60s, .created_at = kNow};
}

STORE_TEST("CRED-020 a hardware token is available, assigned, activated and available again, on every engine") {
    Store<TestType> store;
    const auto stored = [&](std::string_view serial = "a-1") { return *must(store.directory.token(kContoso, serial)); };
    const auto refused = [&](app::Change change) { return store.commit(kContoso, {std::move(change)}).error().code == ErrorCode::conflict; };
    const app::MethodRegistered as_method{{.id = {6, 1}, .user = kAlice, .kind = AuthMethod::hardwareOath, .display_name = "Maker M1 A-1", .last_used_step = 20, .created_at = kNow}};
    const app::HardwareTokenActivated activated{{7, 1}, kAlice, {6, 1}, 20, 1, kNow + 2h};
    store.must_commit(kContoso, {app::HardwareTokenAdded{token_of({7, 1}, "A-1")}});
    CHECK(refused(app::HardwareTokenAdded{token_of({7, 2}, "a-1")}));  // one serial number, whatever its case
    store.must_commit(kFabrikam, {app::HardwareTokenAdded{token_of({7, 1}, "A-1")}});
    CHECK(standing_of(stored()) == identity::TokenStanding::available);
    CHECK(stored().serial_number == "A-1");
    CHECK(stored().interval == 60s);
    CHECK(stored().hash == identity::HashFunction::hmacsha256);
    CHECK(refused(app::HardwareTokenUnassigned{{7, 1}, kAlice}));

    store.must_commit(kContoso, {app::HardwareTokenAssigned{{7, 1}, kAlice, kNow + 1h}});
    CHECK(standing_of(stored()) == identity::TokenStanding::assigned);
    CHECK(stored().assigned_at == kNow + 1h);
    CHECK(refused(app::HardwareTokenAssigned{{7, 1}, kAlice, kNow}));  // one user a token
    CHECK(refused(app::HardwareTokenDeleted{{7, 1}}));
    CHECK(must(store.directory.tokens_of(kContoso, kAlice)).size() == 1);
    CHECK(must(store.directory.tokens_of(kContoso, {2, 2})).empty());
    CHECK(must(store.directory.account(kContoso, kAlice))->methods.empty());

    store.must_commit(kContoso, {as_method, activated});
    CHECK(standing_of(stored()) == identity::TokenStanding::activated);
    CHECK(refused(activated));
    CHECK(refused(app::HardwareTokenUnassigned{{7, 1}, kAlice}));
    CHECK(refused(app::HardwareTokenDeleted{{7, 1}}));
    const auto method = must(store.directory.account(kContoso, kAlice))->methods.at(0);
    REQUIRE(method.token);
    CHECK(method.token->drift == 1);
    CHECK(method.token->sealed_secret == "v1.1.secret");
    store.must_commit(kContoso, {app::TotpStepUsed{.user = kAlice, .method = {6, 1}, .step = 21, .drift = -2}});
    CHECK(stored().last_used_step == 21);
    CHECK(stored().drift == -2);

    store.must_commit(kContoso, {app::MethodRemoved{kAlice, {6, 1}}});
    CHECK(standing_of(stored()) == identity::TokenStanding::available);
    // What it has shown stays spent when it changes hands.
    store.must_commit(kContoso, {app::HardwareTokenAssigned{{7, 1}, kAlice, kNow}});
    CHECK(store.commit(kContoso, {as_method, app::HardwareTokenActivated{{7, 1}, kAlice, {6, 1}, 21, 0, kNow}}).error().code == ErrorCode::conflict);
    CHECK(must(store.directory.account(kContoso, kAlice))->methods.empty());
    store.must_commit(kContoso, {as_method, app::HardwareTokenActivated{{7, 1}, kAlice, {6, 1}, 22, 0, kNow}});
    store.must_commit(kContoso, {app::HardwareTokenDeactivated{kAlice, {6, 1}}, app::MethodRemoved{kAlice, {6, 1}}});
    CHECK(standing_of(stored()) == identity::TokenStanding::assigned);
    store.must_commit(kContoso, {app::HardwareTokenUnassigned{{7, 1}, kAlice}});
    store.must_commit(kContoso, {app::HardwareTokenDeleted{{7, 1}}});
    CHECK_FALSE(must(store.directory.token(kContoso, "a-1")));
    CHECK(must(store.directory.token(kFabrikam, "a-1")));
}

STORE_TEST("CRED-020 the inventory is listed in pages, whole or by standing, with whose each token is") {
    Store<TestType> store;
    for (const std::uint64_t id : {3, 1, 2}) store.must_commit(kContoso, {app::HardwareTokenAdded{token_of({7, id}, "S" + std::to_string(id))}});
    store.must_commit(kContoso, {app::HardwareTokenAssigned{{7, 2}, kAlice, kNow}});
    const auto serials = [&](app::TokenPage page) {
        std::string text;
        for (const auto& [token, owner] : must(store.directory.tokens(kContoso, page))) text += token.serial_number + (owner.empty() ? "" : "(" + owner + ")") + " ";
        return text;
    };
    CHECK(serials({}) == "S1 S2(alice@contoso.example) S3 ");
    CHECK(serials({.after = "s1", .most = 1}) == "S2(alice@contoso.example) ");
    CHECK(serials({.standing = identity::TokenStanding::available}) == "S1 S3 ");
    CHECK(serials({.standing = identity::TokenStanding::assigned}) == "S2(alice@contoso.example) ");
    CHECK(serials({.standing = identity::TokenStanding::activated}).empty());
    CHECK(must(store.directory.tokens(kFabrikam, {})).empty());
}

STORE_TEST("of any number of parallel rotations of one refresh token one wins (PROTO-124)") {
    Store<TestType> store;
    store.open_grant({8, 1}, "first");
    std::atomic<int> won = 0, lost = 0;
    std::vector<std::thread> racers;
    for (int i = 0; i < 8; ++i) {
        racers.emplace_back([&, i] {
            const auto done = store.journal.commit({.tenant = kContoso, .id = {10, static_cast<std::uint64_t>(i)}, .name = "Refresh", .by = {}, .at = kNow, .correlation = {},
                                                    .changes = {store.rotation({8, 1}, "first", "next" + std::to_string(i))}});
            if (done) ++won;
            else if (done.error().code == ErrorCode::conflict) ++lost;
        });
    }
    for (auto& racer : racers) racer.join();
    CHECK(won == 1);
    CHECK(lost == 7);
    CHECK(must(store.sessions.by_refresh_token(kContoso, "first"))->token.state == RefreshTokenState::used);
}

STORE_TEST("a revoked family takes no new token") {
    Store<TestType> store;
    store.open_grant({8, 1}, "first");
    store.must_commit(kContoso, {app::GrantRevoked{{8, 1}, "reused"}});
    CHECK(store.commit(kContoso, {store.rotation({8, 1}, "first", "next")}).error().code == ErrorCode::conflict);
    const auto found = must(store.sessions.by_refresh_token(kContoso, "first"));
    REQUIRE(found);
    CHECK(found->grant.state == identity::GrantState::revoked);
    CHECK(found->grant.revoked_because == "reused");
    CHECK(found->token.state == RefreshTokenState::current);
}

STORE_TEST("revoking a user's sessions ends sessions and grants (PROTO-183)") {
    Store<TestType> store;
    store.open_session({3, 1}, "ref");
    store.open_grant({8, 1}, "first");
    store.must_commit(kContoso, {app::SessionsRevoked{kAlice, kNow + 1s, "password changed"}});
    CHECK(must(store.sessions.session(kContoso, {3, 1}))->state == identity::SessionState::ended);
    CHECK(must(store.sessions.grant(kContoso, {8, 1}))->state == identity::GrantState::revoked);
    CHECK(must(store.directory.account(kContoso, kAlice))->user.sign_in_sessions_valid_from == kNow + 1s);
    CHECK(must(store.sessions.of_user(kContoso, kAlice)).empty());
}

STORE_TEST("groups count through nesting, loops included") {
    Store<TestType> store;
    store.must_commit(kContoso, {app::GroupCreated{{.id = {5, 1}, .display_name = "inner"}}, app::GroupCreated{{.id = {5, 2}, .display_name = "outer"}},
                                 app::GroupMemberAdded{{5, 1}, kAlice}, app::GroupNested{{5, 2}, {5, 1}}, app::GroupNested{{5, 1}, {5, 2}}});
    CHECK(must(store.directory.account(kContoso, kAlice))->groups == std::vector<GroupId>{{5, 1}, {5, 2}});
}

STORE_TEST("a detection moves only from the state it was read in") {
    Store<TestType> store;
    store.must_commit(kContoso, {app::DetectionRaised{store.detection({11, 1})}});
    auto closed = store.detection({11, 1}, RiskState::remediated);
    store.must_commit(kContoso, {app::RiskMoved{closed, RiskState::atRisk}});
    CHECK(store.commit(kContoso, {app::RiskMoved{closed, RiskState::atRisk}}).error().code == ErrorCode::conflict);
    CHECK(must(store.detections.of_user(kContoso, kAlice, std::nullopt)).detections.empty());
    const auto of_sign_in = must(store.detections.of_user(kContoso, kAlice, SignInId{7, 7})).detections;
    REQUIRE(of_sign_in.size() == 1);
    CHECK(of_sign_in[0] == closed);
}

STORE_TEST("a familiarity profile is one row that only its own version replaces") {
    Store<TestType> store;
    CHECK(must(store.profiles.of_user(kContoso, kAlice)).version == 0);
    signals::FamiliarityProfile profile;
    profile.sign_ins = 7;
    store.must_commit(kContoso, {app::ProfileTrained{kAlice, profile, 0}});
    const auto stored = must(store.profiles.of_user(kContoso, kAlice));
    CHECK(stored.version == 1);
    CHECK(stored.profile == profile);
    CHECK(store.commit(kContoso, {app::ProfileTrained{kAlice, profile, 0}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::ProfileTrained{kAlice, profile, 1}});
}

namespace {

app::Change mail(MailId id, std::optional<Instant> expires_at = std::nullopt) {
    return app::MessageQueued{{.id = id, .to = "alice@contoso.example", .subject = "s", .text = "t", .html = "<p>t</p>", .expires_at = expires_at}};
}

}  // namespace

STORE_TEST("a message is claimed by one sender until it is sent") {
    Store<TestType> store;
    store.must_commit(kContoso, {mail({12, 1})});
    CHECK_FALSE(must(store.outbox.claim("sms", kNow, kNow + 1min)));
    const auto claimed = must(store.outbox.claim("email", kNow, kNow + 1min));
    REQUIRE(claimed);
    CHECK(claimed->message.html == "<p>t</p>");
    CHECK(claimed->queued_at == kNow);
    CHECK_FALSE(must(store.outbox.claim("email", kNow, kNow + 1min)));
    CHECK(must(store.outbox.claim("email", kNow + 2min, kNow + 3min))->attempts == 2);
    CHECK(store.outbox.sent(*claimed).has_value());
    CHECK_FALSE(must(store.outbox.claim("email", kNow + 9min, kNow + 10min)));
}

STORE_TEST("of many nodes that look at once, each message goes to one") {
    Store<TestType> store;
    std::vector<app::Change> queued;
    for (std::uint64_t i = 1; i <= 20; ++i) queued.push_back(mail({12, i}));
    store.must_commit(kContoso, std::move(queued));
    std::mutex mutex;
    std::map<MailId, int> got;
    std::vector<std::thread> nodes;
    for (int node = 0; node < 6; ++node) {
        nodes.emplace_back([&] {
            for (int looks = 0; looks < 40; ++looks) {
                const auto claimed = must(store.outbox.claim("email", kNow, kNow + 5min));
                const std::lock_guard lock(mutex);
                if (claimed) ++got[claimed->message.id];
            }
        });
    }
    for (auto& node : nodes) node.join();
    CHECK(got.size() == 20);
    for (const auto& [id, times] : got) CHECK(times == 1);
}

STORE_TEST("a sender whose claim ran out changes nothing of the one after it") {
    Store<TestType> store;
    store.must_commit(kContoso, {mail({12, 1})});
    const auto slow = must(store.outbox.claim("email", kNow, kNow + 5min));
    const auto next = must(store.outbox.claim("email", kNow + 6min, kNow + 11min));
    REQUIRE((slow && next));
    REQUIRE(store.outbox.put_off(*slow, kNow, "RCPT: reply 451").has_value());
    REQUIRE(store.outbox.give_up(*slow, kNow, "RCPT: reply 550").has_value());
    CHECK_FALSE(must(store.outbox.claim("email", kNow + 7min, kNow + 12min)));
    CHECK(must(store.outbox.counts()).dead == 0);
    REQUIRE(store.outbox.put_off(*next, kNow + 8min, "RCPT: reply 451").has_value());
    const auto entries = must(store.outbox.latest(kContoso, 10));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].because == "RCPT: reply 451");
    CHECK(entries[0].due_at == kNow + 8min);
}

STORE_TEST("of a dead message whose it was and why remains, not what it said") {
    Store<TestType> store;
    store.must_commit(kContoso, {mail({12, 1})});
    REQUIRE(store.outbox.give_up(*must(store.outbox.claim("email", kNow, kNow + 5min)), kNow, "RCPT: reply 550").has_value());
    CHECK_FALSE(must(store.outbox.claim("email", kNow + 1h, kNow + 2h)));
    const auto entries = must(store.outbox.latest(kContoso, 10));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].is_dead);
    CHECK(entries[0].to == "alice@contoso.example");
    CHECK(must(store.outbox.latest(kFabrikam, 10)).empty());
    const auto content = must(store.db.query("SELECT subject || body || html FROM outbox"));
    CHECK(content[0].text(0).empty());
    CHECK(must(store.outbox.forget_dead(kNow)) == 0);
    CHECK(must(store.outbox.forget_dead(kNow + 1ms)) == 1);
}

STORE_TEST("a message past its end is never handed out, and dies") {
    Store<TestType> store;
    store.must_commit(kContoso, {mail({12, 1}, kNow + 5min), mail({12, 2})});
    CHECK(must(store.outbox.claim("email", kNow + 5min, kNow + 10min))->message.id == MailId{12, 2});
    CHECK_FALSE(must(store.outbox.claim("email", kNow + 5min, kNow + 10min)));
    CHECK(must(store.outbox.give_up_overdue(kNow + 5min, kNow)) == 1);
    CHECK(must(store.outbox.counts()).dead == 1);
    // The other is being sent: however old, it is not given up under its sender's hands.
    CHECK(must(store.outbox.give_up_overdue(kNow + 9min, kNow + 1h)) == 0);
    CHECK(must(store.outbox.give_up_overdue(kNow + 11min, kNow + 1h)) == 1);
}

STORE_TEST("what waits for another try is due at once when an operator says so, what is being sent is not") {
    Store<TestType> store;
    store.must_commit(kContoso, {mail({12, 1}), mail({12, 2})});
    const auto first  = must(store.outbox.claim("email", kNow, kNow + 5min));
    const auto second = must(store.outbox.claim("email", kNow, kNow + 5min));
    REQUIRE(store.outbox.put_off(*first, kNow + 1h, "greeting: Couldn't connect to server").has_value());
    store.must_commit(kContoso, {app::OutboxHurried{}});
    CHECK(must(store.outbox.claim("email", kNow, kNow + 5min))->message.id == first->message.id);
    CHECK_FALSE(must(store.outbox.claim("email", kNow, kNow + 5min)));
}

STORE_TEST("a flow entry is taken once, by one of many") {
    Store<TestType> store;
    REQUIRE(store.flows.put(kContoso, FlowKind::code, "k", "v", kNow + 1h).has_value());
    std::atomic<int> got = 0;
    std::vector<std::thread> takers;
    for (int i = 0; i < 8; ++i) takers.emplace_back([&] { if (must(store.flows.take(kContoso, FlowKind::code, "k", kNow))) ++got; });
    for (auto& taker : takers) taker.join();
    CHECK(got == 1);
}

STORE_TEST("flow entries end, are replaced by version only, and kinds do not mix (PROTO-522)") {
    Store<TestType> store;
    auto& flows = store.flows;
    REQUIRE(flows.replace(kContoso, FlowKind::interaction, "k", 0, "one", kNow + 1h, kNow).has_value());
    CHECK(flows.replace(kContoso, FlowKind::interaction, "k", 0, "two", kNow + 1h, kNow).error().code == ErrorCode::conflict);
    const auto entry = must(flows.find(kContoso, FlowKind::interaction, "k", kNow));
    REQUIRE(entry);
    REQUIRE(flows.replace(kContoso, FlowKind::interaction, "k", entry->version, "two", kNow + 1h, kNow).has_value());
    CHECK(flows.replace(kContoso, FlowKind::interaction, "k", entry->version, "three", kNow + 1h, kNow).error().code == ErrorCode::conflict);
    CHECK_FALSE(must(flows.find(kContoso, FlowKind::code, "k", kNow)));
    CHECK_FALSE(must(flows.find(kContoso, FlowKind::interaction, "k", kNow + 1h)));
    CHECK_FALSE(must(flows.take(kContoso, FlowKind::interaction, "k", kNow + 2h)));
    // An entry that has ended may be followed by a new one.
    REQUIRE(flows.put(kContoso, FlowKind::interaction, "old", "x", kNow).has_value());
    CHECK(flows.replace(kContoso, FlowKind::interaction, "old", 0, "new", kNow + 1h, kNow).has_value());
}

STORE_TEST("counters are exact under parallel callers and start anew after their window") {
    Store<TestType> store;
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
        callers.emplace_back([&] { for (int k = 0; k < 25; ++k) must(store.flows.count(kContoso, FlowKind::throttle, "c", kNow + 1min, kNow)); });
    }
    for (auto& caller : callers) caller.join();
    CHECK(must(store.flows.count(kContoso, FlowKind::throttle, "c", kNow + 1min, kNow)) == 201);
    CHECK(must(store.flows.count(kContoso, FlowKind::throttle, "c", kNow + 3min, kNow + 2min)) == 1);
}

STORE_TEST("sealed values are listed once each, in batches, and replaced only as they were read (PROTO-831)") {
    Store<TestType> store;
    const SqlSealedValues values(store.db);
    for (const std::uint64_t id : {3, 1, 2}) {
        store.must_commit(kContoso, {app::MethodRegistered{{.id = {6, id}, .user = kAlice, .display_name = "App", .sealed_secret = "v1.1.seed" + std::to_string(id), .created_at = kNow}}});
        store.open_grant({8, id}, "token" + std::to_string(id));
        store.must_commit(kContoso, {app::HardwareTokenAdded{token_of({7, id}, "S" + std::to_string(id))}});
        store.must_commit(kContoso, {app::SigningKeySaved{{.kid = "kid" + std::to_string(id), .alg = "ES256", .public_jwk = "{}", .sealed_private = "v1.1.key" + std::to_string(id),
                                                           .activates_at = kNow, .retires_at = kNow, .published_until = kNow}}});
    }
    store.must_commit(kContoso, {store.rotation({8, 1}, "token1", "token9")});
    for (const auto column : app::kSealedColumns) {
        CAPTURE(row_of(column).table);
        std::vector<std::string> rows;
        app::SealedValue after;
        for (auto batch = must(values.next(kContoso, column, after, 2)); !batch.empty(); batch = must(values.next(kContoso, column, after, 2))) {
            for (const auto& value : batch) rows.push_back(value.row);
            after = batch.back();
        }
        CHECK(rows.size() == (column == app::SealedColumn::successorToken ? 4U : 3U));
        CHECK(std::ranges::adjacent_find(rows) == rows.end());
        CHECK(must(values.next(kFabrikam, column, {}, 10)).empty());

        // The first is replaced; the second is no longer what was read.
        auto batch = must(values.next(kContoso, column, {}, 2));
        auto moved = batch[1];
        moved.sealed += "?";
        store.must_commit(kContoso, {app::SecretsResealed{.column = column, .version = 2, .values = {{batch[0], "v1.2.new"}, {moved, "v1.2.lost"}}}});
        const auto now = must(values.next(kContoso, column, {}, 2));
        CHECK(now[0].sealed == "v1.2.new");
        CHECK(now[1].sealed == batch[1].sealed);
    }
    CHECK(must(store.audit.latest(kContoso, {.most = 1}))[0].changes.find("v1.") == std::string::npos);
}

STORE_TEST("every column that is named as sealed is sealed anew in a rotation (PROTO-831)") {
    std::vector<std::string> named;
    for (const auto& [name, text] : embedded::migrations()) {
        for (auto at = text.find(" sealed_"); at != std::string_view::npos; at = text.find(" sealed_", at + 1)) {
            named.emplace_back(text.substr(at + 1, text.find(' ', at + 1) - at - 1));
        }
    }
    std::vector<std::string> known;
    for (const auto column : app::kSealedColumns) known.emplace_back(row_of(column).name);
    std::ranges::sort(named);
    std::ranges::sort(known);
    CHECK(named == known);
}

STORE_TEST("a further data key and its retirement move the configuration, so that every node turns to it (PROTO-831)") {
    Store<TestType> store;
    const SqlDataKeys keys(store.db);
    const auto version = [&] { return must(store.tenants.snapshot(kContoso))->tenant.version; };
    const auto first   = version();
    store.must_commit(kContoso, {app::DataKeySaved{{.tenant = kContoso, .version = 1, .master_key_id = "m", .bytes = "a"}, {}}});
    CHECK(version() == first);
    store.must_commit(kContoso, {app::DataKeySaved{{.tenant = kContoso, .version = 2, .master_key_id = "m", .bytes = "b"}, {}}});
    const auto second = version();
    CHECK(second > first);
    REQUIRE(must(keys.of_tenant(kContoso)).size() == 2);
    CHECK(must(keys.of_tenant(kContoso))[1].created_at == kNow);
    store.must_commit(kContoso, {app::DataKeyRetired{1}});
    CHECK(version() > second);
    CHECK(must(keys.of_tenant(kContoso)).size() == 1);
    CHECK(store.commit(kContoso, {app::DataKeyRetired{1}}).error().code == ErrorCode::conflict);
}

STORE_TEST("the sweep drops what has ended and nothing else") {
    Store<TestType> store;
    REQUIRE(store.flows.put(kContoso, FlowKind::code, "old", "v", kNow - 1s).has_value());
    REQUIRE(store.flows.put(kContoso, FlowKind::code, "new", "v", kNow + 1h).has_value());
    CHECK(must(store.flows.sweep(kNow, 100)) == 1);
    CHECK(must(store.flows.find(kContoso, FlowKind::code, "new", kNow)));
}

STORE_TEST("UX-80 a person's sign-ins are theirs, in pages by id, and are answered once; a report overrides \"mine\"") {
    Store<TestType> store;
    const SqlSignIns sign_ins(store.db);
    const auto record = [](std::uint64_t n, UserId user, bool is_interactive, RiskState state) {
        return app::SignInRecorded{{.id = {7, n}, .user = user, .created_at = kNow, .is_interactive = is_interactive, .risk_state = state, .conditional_access_status = "notApplied", .document = "{}"}};
    };
    store.must_commit(kContoso, {record(1, kAlice, true, RiskState::none), record(2, kAlice, true, RiskState::atRisk), record(3, {2, 2}, true, RiskState::atRisk),
                                 record(4, kAlice, false, RiskState::remediated), record(5, kAlice, true, RiskState::none)});
    store.must_commit(kFabrikam, {record(6, kAlice, true, RiskState::atRisk)});
    const auto ids = [](const std::vector<app::SignInRecord>& records) {
        std::vector<std::uint64_t> low;
        for (const auto& one : records) low.push_back(one.id.low);
        return low;
    };
    CHECK(ids(must(sign_ins.of_person(kContoso, {.user = kAlice, .since = {}, .most = 2}))) == std::vector<std::uint64_t>{5, 2});
    CHECK(ids(must(sign_ins.of_person(kContoso, {.user = kAlice, .since = {}, .before = SignInId{7, 2}, .most = 2}))) == std::vector<std::uint64_t>{1});
    CHECK(ids(must(sign_ins.of_person(kContoso, {.user = kAlice, .since = {7, 2}}))) == std::vector<std::uint64_t>{5, 2});
    CHECK(ids(must(sign_ins.unusual_of_person(kContoso, {.user = kAlice, .since = {}}))) == std::vector<std::uint64_t>{4, 2});

    const auto says = [&](UserId user, app::OwnerAnswer answer) { return store.commit(kContoso, {app::SignInAnswered{{7, 2}, user, answer}}); };
    CHECK(says({2, 2}, app::OwnerAnswer::notMine).error().code == ErrorCode::conflict);  // somebody else's
    CHECK(says(kAlice, app::OwnerAnswer::mine));
    CHECK(says(kAlice, app::OwnerAnswer::mine).error().code == ErrorCode::conflict);
    CHECK(says(kAlice, app::OwnerAnswer::notMine));
    CHECK(says(kAlice, app::OwnerAnswer::notMine).error().code == ErrorCode::conflict);
    CHECK(says(kAlice, app::OwnerAnswer::mine).error().code == ErrorCode::conflict);
    CHECK(must(sign_ins.sign_in(kContoso, {7, 2}))->owner_says == app::OwnerAnswer::notMine);
    store.must_commit(kContoso, {record(2, kAlice, true, RiskState::atRisk)});  // the record is written anew; what was said stays
    CHECK(must(sign_ins.sign_in(kContoso, {7, 2}))->owner_says == app::OwnerAnswer::notMine);
}

STORE_TEST("CRED-091 a session that is cut off takes its grants with it, and only its owner's act does that") {
    Store<TestType> store;
    store.open_session({3, 1}, "one");
    store.open_session({3, 2}, "two");
    store.open_grant({4, 1}, "token");  // of session 1
    store.must_commit(kContoso, {app::SessionCutOff{{3, 1}, {2, 99}, "not theirs"}});
    CHECK(must(store.sessions.session(kContoso, {3, 1}))->state == identity::SessionState::active);
    store.must_commit(kContoso, {app::SessionCutOff{{3, 1}, kAlice, "ended by its owner"}});
    CHECK(must(store.sessions.session(kContoso, {3, 1}))->state == identity::SessionState::ended);
    CHECK(must(store.sessions.session(kContoso, {3, 2}))->state == identity::SessionState::active);
    CHECK(must(store.sessions.by_refresh_token(kContoso, "token"))->grant.state == identity::GrantState::revoked);
    CHECK(store.commit(kContoso, {store.rotation({4, 1}, "token", "next")}).error().code == ErrorCode::conflict);
}

STORE_TEST("UX-81 what people were told is theirs, newest first, in pages") {
    Store<TestType> store;
    const SqlAlerts alerts(store.db);
    for (std::uint64_t n = 1; n <= 3; ++n) store.must_commit(kContoso, {app::OwnerTold{{.id = {8, n}, .user = kAlice, .kind = "method_added", .at = kNow, .document = "{}"}}});
    store.must_commit(kContoso, {app::OwnerTold{{.id = {8, 4}, .user = {2, 2}, .kind = "method_added", .at = kNow, .document = "{}"}}});
    const auto first = must(alerts.of_user(kContoso, {.user = kAlice, .most = 2}));
    REQUIRE(first.size() == 2);
    CHECK(first[0].id == AlertId{8, 3});
    CHECK(first[0].kind == "method_added");
    CHECK(must(alerts.of_user(kContoso, {.user = kAlice, .before = first[1].id})).size() == 1);
    CHECK(must(alerts.of_user(kFabrikam, {.user = kAlice})).empty());
}

// --- Devices (CRED-070) ---

identity::Device device_of(DeviceId id, std::string digest, Instant seen = kNow) {
    return {.id = id, .user = kAlice, .recognition_digest = std::move(digest), .display_name = "Firefox, Linux", .created_at = kNow, .last_seen_at = seen, .ip_address = "192.0.2.1", .country = "NO"};
}

STORE_TEST("CRED-070 a device is one person's, is recognised by its digest alone, and is what it was") {
    Store<TestType> store;
    SqlSessions sessions(store.db);
    auto device = device_of({8, 1}, "digest");
    device.kind = identity::DeviceKind::workstation;
    store.must_commit(kContoso, {app::DeviceRegistered{device}});
    CHECK(store.commit(kContoso, {app::DeviceRegistered{device_of({8, 2}, "digest")}}).error().code == ErrorCode::conflict);
    const auto found = must(sessions.recognised(kContoso, kAlice, "digest"));
    REQUIRE(found);
    CHECK((found->id == DeviceId{8, 1} && found->kind == identity::DeviceKind::workstation && found->display_name == "Firefox, Linux"));
    CHECK((found->ip_address == "192.0.2.1" && found->country == "NO" && found->created_at == kNow && !found->is_disabled() && !found->valid_from));
    CHECK(!must(sessions.recognised(kContoso, UserId{2, 2}, "digest")));
    CHECK(!must(sessions.recognised(kFabrikam, kAlice, "digest")));
    CHECK(!must(sessions.device(kFabrikam, {8, 1})));
    device.display_name = "ws";
    device.last_seen_at = kNow + 1h;
    store.must_commit(kContoso, {app::DeviceSeen{device}});
    CHECK(must(sessions.device(kContoso, {8, 1}))->display_name == "ws");
    CHECK(must(sessions.devices(kContoso, kAlice)).size() == 1);
    CHECK(must(sessions.devices(kContoso, UserId{2, 2})).empty());
}

STORE_TEST("CRED-070 disabling a device ends its sessions and all that was issued from them or for it, and nothing else") {
    Store<TestType> store;
    SqlSessions sessions(store.db);
    store.must_commit(kContoso, {app::DeviceRegistered{device_of({8, 1}, "one")}, app::DeviceRegistered{device_of({8, 2}, "two")}});
    const auto open = [&](SessionId id, std::string reference, DeviceId device) {
        store.must_commit(kContoso, {app::SessionOpened{{.id = id, .user = kAlice, .reference_digest = reference, .cross_site_reference_digest = reference + "x", .device = device}}});
    };
    open({3, 1}, "one", {8, 1});
    open({3, 2}, "two", {8, 2});
    open({3, 3}, "old", {});
    const auto grant = [&](GrantId id, SessionId session, DeviceId device) {
        store.must_commit(kContoso, {app::GrantOpened{{.id = id, .user = kAlice, .session = session, .device = device, .scope = "openid", .expires_at = kNow + 24h}, {}}});
    };
    grant({4, 1}, {3, 1}, {8, 1});
    grant({4, 2}, {3, 2}, {8, 1});  // for the device, allowed from another
    grant({4, 3}, {3, 1}, {8, 2});  // for another, allowed from the device
    grant({4, 4}, {3, 2}, {8, 2});
    grant({4, 5}, {3, 3}, {});
    CHECK(must(sessions.session(kContoso, {3, 1}))->device == DeviceId{8, 1});
    CHECK(must(sessions.session(kContoso, {3, 3}))->device.is_nil());
    CHECK(must(sessions.grant(kContoso, {4, 2}))->device == DeviceId{8, 1});

    const app::DeviceDisabled disabled{{8, 1}, kAlice, kNow + 1h, "boss", "lost"};
    CHECK(store.commit(kContoso, {app::DeviceDisabled{{8, 1}, UserId{2, 2}, kNow + 1h, "boss", "not theirs"}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {disabled});
    CHECK(store.commit(kContoso, {disabled}).error().code == ErrorCode::conflict);
    const auto found = *must(sessions.device(kContoso, {8, 1}));
    CHECK((found.is_disabled() && found.disabled_at == kNow + 1h && found.disabled_by == "boss" && found.disabled_because == "lost" && found.valid_from == kNow + 1h));
    const auto is_active = [&](GrantId id) { return must(sessions.grant(kContoso, id))->state == identity::GrantState::active; };
    CHECK(must(sessions.session(kContoso, {3, 1}))->state == identity::SessionState::ended);
    CHECK(must(sessions.session(kContoso, {3, 2}))->state == identity::SessionState::active);
    CHECK((!is_active({4, 1}) && !is_active({4, 2}) && !is_active({4, 3}) && is_active({4, 4}) && is_active({4, 5})));

    CHECK(store.commit(kContoso, {app::DeviceSeen{device_of({8, 1}, "one")}}).error().code == ErrorCode::conflict);
    CHECK(store.commit(kContoso, {app::DeviceRemoved{{8, 1}, kAlice, "removed"}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::DeviceEnabled{{8, 1}, kAlice, "found"}});
    const auto enabled = *must(sessions.device(kContoso, {8, 1}));
    CHECK((!enabled.is_disabled() && enabled.valid_from == kNow + 1h && !is_active({4, 1})));
    CHECK(store.commit(kContoso, {app::DeviceEnabled{{8, 1}, kAlice, "again"}}).error().code == ErrorCode::conflict);
    store.must_commit(kContoso, {app::DeviceRemoved{{8, 2}, kAlice, "removed by its owner"}});
    CHECK((!must(sessions.device(kContoso, {8, 2})) && !is_active({4, 4}) && is_active({4, 5})));
}

STORE_TEST("CRED-070 the standing of a grant has the devices of the grant and of its session") {
    Store<TestType> store;
    SqlStandings standings(store.db);
    store.must_commit(kContoso, {app::DeviceRegistered{device_of({8, 1}, "one")}, app::DeviceRegistered{device_of({8, 2}, "two")}, app::DeviceRegistered{device_of({8, 3}, "three")}});
    store.must_commit(kContoso, {app::SessionOpened{{.id = {3, 1}, .user = kAlice, .reference_digest = "r", .cross_site_reference_digest = "x", .device = {8, 1}}}});
    const auto ids = [&](identity::Grant grant) {
        grant.user = kAlice;
        std::vector<DeviceId> found;
        for (const auto& device : must(standings.of(kContoso, grant)).devices) found.push_back(device.id);
        std::ranges::sort(found);
        return found;
    };
    CHECK(ids({.session = {3, 1}, .device = {8, 2}}) == std::vector<DeviceId>{{8, 1}, {8, 2}});
    CHECK(ids({.session = {3, 1}, .device = {8, 1}}) == std::vector<DeviceId>{{8, 1}});
    CHECK(ids({.session = {3, 1}}) == std::vector<DeviceId>{{8, 1}});
    CHECK(ids({.session = {3, 9}}).empty());
}

STORE_TEST("CRED-070 devices that nobody was seen on go; a disabled one and one with something on it stay; the last use is noted once an hour") {
    Store<TestType> store;
    SqlSessions sessions(store.db);
    SqlRetention retention(store.db);
    for (const auto id : {1, 2, 3, 4}) store.must_commit(kContoso, {app::DeviceRegistered{device_of({8, static_cast<std::uint64_t>(id)}, std::to_string(id), kNow - 5000h)}});
    store.must_commit(kContoso, {app::DeviceDisabled{{8, 2}, kAlice, kNow, "boss", "lost"}});
    store.must_commit(kContoso, {app::SessionOpened{{.id = {3, 1}, .user = kAlice, .reference_digest = "r", .cross_site_reference_digest = "x", .device = {8, 3}}}});
    store.must_commit(kContoso, {app::DeviceUsed{{8, 4}}});
    app::RecordLimits limits;
    limits.devices_seen_before = kNow - 4000h;
    CHECK(must(retention.has_older(kContoso, limits)));
    store.must_commit(kContoso, {app::RecordsForgotten{limits, 100}});
    CHECK(!must(retention.has_older(kContoso, limits)));
    CHECK((!must(sessions.device(kContoso, {8, 1})) && must(sessions.device(kContoso, {8, 2})) && must(sessions.device(kContoso, {8, 3}))));
    CHECK(must(sessions.device(kContoso, {8, 4}))->last_seen_at == kNow);
    store.must_commit(kContoso, {app::DeviceRegistered{device_of({8, 5}, "5", kNow - 30min)}, app::DeviceUsed{{8, 5}}});
    CHECK(must(sessions.device(kContoso, {8, 5}))->last_seen_at == kNow - 30min);
}

STORE_TEST("CRED-070 a person has so many devices and no more: the longest unseen leave") {
    Store<TestType> store;
    SqlSessions sessions(store.db);
    std::vector<app::Change> changes;
    for (int i = 0; i < app::kDevicesKept; ++i) changes.emplace_back(app::DeviceRegistered{device_of({8, static_cast<std::uint64_t>(i + 1)}, std::to_string(i), kNow + std::chrono::minutes{i})});
    store.must_commit(kContoso, std::move(changes));
    store.must_commit(kContoso, {app::DeviceDisabled{{8, 1}, kAlice, kNow, "boss", "lost"}});
    store.must_commit(kContoso, {app::DeviceRegistered{device_of({9, 1}, "a", kNow + 300h)}});
    CHECK(must(sessions.devices(kContoso, kAlice)).size() == static_cast<std::size_t>(app::kDevicesKept) + 1);
    store.must_commit(kContoso, {app::DeviceRegistered{device_of({9, 2}, "b", kNow + 301h)}});
    CHECK(must(sessions.devices(kContoso, kAlice)).size() == static_cast<std::size_t>(app::kDevicesKept) + 1);
    CHECK((must(sessions.device(kContoso, {8, 1})) && !must(sessions.device(kContoso, {8, 2})) && must(sessions.device(kContoso, {8, 3}))));
}

}  // namespace
}  // namespace portcullis::sql
