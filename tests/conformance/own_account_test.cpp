#include <catch2/catch.hpp>

#include <functional>

#include "app/account_actions.h"
#include "app/admin/confirm_user_compromised.h"
#include "app/admin/issue_temporary_password.h"
#include "app/admin/register_contact.h"
#include "app/admin/register_totp.h"
#include "app/admin/report_leaked_credentials.h"
#include "app/admin/reset_mfa.h"
#include "app/change_language.h"
#include "app/change_password.h"
#include "app/contact_methods.h"
#include "app/notices.h"
#include "app/own_methods.h"
#include "app/own_alerts.h"
#include "app/own_sessions.h"
#include "app/own_sign_ins.h"
#include "app/verify_password.h"
#include "tests/support/admin_world.h"

/// What people see and do about their own account, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::value_of;

class OwnAccount : public tests::AdminWorld {
public:
    PasswordSetter passwords{ports};
    VerifyPassword verify_password{ports};
    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("192.0.2.7"), .user_agent = "Mozilla/5.0"};
    }
    /// A session of this user that was proven `ago`.
    LiveSession session(UserId user, Duration ago = 0s) {
        const auto id = ports.random.new_id<SessionId>(now);
        identity::Session made{.id = id, .user = user, .reference_digest = "r" + to_string(id), .cross_site_reference_digest = "x" + to_string(id)};
        made.auth_time = made.created_at = now - ago;
        made.last_seen_at               = now;
        made.expires_at                 = now + 24h;
        made.ip_address                 = "192.0.2.7";
        made.user_agent                 = "Mozilla/5.0";
        made.password_generation        = account(user).password->generation;
        commit({SessionOpened{made}});
        return {.session = *value_of(ports.sessions.session(tenant, id)), .account = account(user)};
    }
    std::string grant(const LiveSession& live, bool is_offline) {
        const auto id = ports.random.new_id<GrantId>(now);
        const auto digest = "t" + to_string(id);
        commit({GrantOpened{{.id = id, .user = live.session.user, .session = live.session.id, .scope = "openid", .is_offline = is_offline, .expires_at = now + 24h},
                            identity::RefreshToken{.digest = digest, .grant = id, .issued_at = now, .expires_at = now + 1h}}});
        return digest;
    }
    identity::GrantState state_of(const std::string& digest) { return value_of(ports.sessions.by_refresh_token(tenant, digest))->grant.state; }
    OwnSignIns list(const LiveSession& live, std::optional<SignInId> before = {}) { return value_of(OwnSignInsOf(ports).list(*snapshot(), live, before, now)); }
    std::optional<AnswerRefusal> not_mine(const LiveSession& live, SignInId id) { return value_of(OwnSignInsOf(ports).was_not_me(*snapshot(), live, id, facts())); }
    std::optional<AnswerRefusal> mine(const LiveSession& live, SignInId id) { return value_of(OwnSignInsOf(ports).was_me(*snapshot(), live, id, facts())); }
    std::vector<ActionNeeded> pending(const LiveSession& live) {
        std::vector<ActionNeeded> all;
        for (const auto& action : value_of(pending_actions(ports, *snapshot(), live, facts()))) all.push_back(action.what);
        return all;
    }
    std::vector<std::string> titles(const LiveSession& live) {
        std::vector<std::string> all;
        for (const auto& alert : value_of(own_alerts(ports, *snapshot(), live, std::nullopt, "en")).page) all.push_back(alert.title);
        return all;
    }
    int acts(std::string_view name) {
        const auto all = audit();
        return static_cast<int>(std::ranges::count(all, name, &AuditRecord::name));
    }
};

std::vector<SignInId> ids(const std::vector<OwnSignIn>& lines) {
    std::vector<SignInId> all;
    for (const auto& line : lines) all.push_back(line.id);
    return all;
}

TEST_CASE("IDP-144 a person's list holds their own sign-ins of 30 days, newest first, in pages", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto forgotten = world.sign_in(alice, {});
    world.now += 30 * 24h + 1ms;
    std::vector<SignInId> expected;
    for (int i = 0; i < kOwnSignInsPerPage + 3; ++i) {
        world.now += 1min;
        expected.insert(expected.begin(), world.sign_in(alice, {}));
        world.sign_in(bob, {});
    }
    const auto live  = world.session(alice);
    const auto first = world.list(live);
    REQUIRE(first.next);
    CHECK(first.page.size() == static_cast<std::size_t>(kOwnSignInsPerPage));
    const auto second = world.list(live, first.next);
    CHECK_FALSE(second.next);
    auto all        = ids(first.page);
    const auto rest = ids(second.page);
    all.insert(all.end(), rest.begin(), rest.end());
    CHECK(all == expected);
    CHECK(first.unusual.empty());
    CHECK(world.not_mine(live, forgotten) == AnswerRefusal::unknown);
}

TEST_CASE("UX-80a IDP-225 'this was not me' raises a medium detection about the user, once, and secures nothing by itself", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice");
    const auto odd   = world.sign_in(alice, {});
    const auto live  = world.session(alice);
    CHECK_FALSE(world.not_mine(live, odd));
    const auto raised = world.detections(alice);
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].type == RiskEventType::userReportedSuspiciousActivity);
    CHECK(raised[0].level == RiskLevel::medium);
    CHECK(raised[0].state == RiskState::atRisk);
    CHECK(raised[0].source == "EndUserReported");
    CHECK_FALSE(raised[0].sign_in);
    CHECK(world.risky(alice).level == RiskLevel::medium);
    CHECK(world.record(odd).owner_says == OwnerAnswer::notMine);

    SECTION("a replay is answered already and raises nothing") {
        CHECK(world.not_mine(live, odd) == AnswerRefusal::answered);
        CHECK(world.mine(live, odd) == AnswerRefusal::answered);
        CHECK(world.detections(alice).size() == 1);
        CHECK(world.acts("ReportOwnSignIn") == 1);
    }
    SECTION("the owner hears of it, on paper and on the page (IDP-012)") {
        CHECK(world.titles(live) == std::vector<std::string>{"Someone else may be using your account"});
    }
    SECTION("a password change with MFA of this moment closes it; MFA alone does not") {
        auto book = value_of(RiskChanges::read(world.ports, world.tenant, alice, odd));
        value_of(book.happen({.event = risk::RiskEvent::policyMfaPassed, .by = risk::ActorKind::user, .target = {.user = alice, .sign_in = odd}, .at = world.now, .met = {risk::Need::freshMfa}}, ""));
        CHECK(book.assess().user == RiskLevel::medium);
        value_of(book.happen({.event = risk::RiskEvent::userPasswordChanged, .by = risk::ActorKind::user, .target = {.user = alice}, .at = world.now, .met = {risk::Need::freshMfa}}, ""));
        CHECK(book.assess().user == RiskLevel::none);
    }
}

TEST_CASE("UX-80b 'this was me' is feedback alone and can be taken back by a report, not the other way", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice");
    const auto risky = world.sign_in(alice, RiskLevel::high);
    const auto live  = world.session(alice);
    CHECK(ids(world.list(live).unusual) == std::vector{risky});
    CHECK_FALSE(world.mine(live, risky));
    CHECK(world.risky(alice).level == RiskLevel::high);  // IDP: never closes risk
    CHECK(world.detections(alice)[0].state == RiskState::atRisk);
    CHECK(world.list(live).unusual.empty());
    CHECK(world.mine(live, risky) == AnswerRefusal::answered);
    CHECK_FALSE(world.not_mine(live, risky));
    CHECK(world.record(risky).owner_says == OwnerAnswer::notMine);
}

TEST_CASE("'this was not me' is no weapon: other people's sign-ins, stale sessions, floods and wrong passwords raise nothing", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice"), mallory = world.user("mallory");
    const auto hers = world.sign_in(alice, RiskLevel::low);
    CHECK(world.not_mine(world.session(mallory), hers) == AnswerRefusal::unknown);
    CHECK(world.mine(world.session(mallory), hers) == AnswerRefusal::unknown);
    CHECK(world.not_mine(world.session(alice, 5min + 1ms), hers) == AnswerRefusal::notFresh);
    CHECK(world.not_mine(world.session(alice), SignInId{1, 2}) == AnswerRefusal::unknown);
    CHECK(world.record(hers).owner_says == OwnerAnswer::none);
    CHECK(world.risky(mallory).level == RiskLevel::none);

    // IDP-107: whoever gets no further than a wrong password is not risk, whoever complains of it.
    SignInRecord wrong{.id = world.ports.random.new_id<SignInId>(world.now), .user = alice, .created_at = world.now, .error_code = 50126, .ip_address = "192.0.2.8", .conditional_access_status = "notApplied", .document = R"({"signals":{}})"};
    world.commit({SignInRecorded{wrong}});
    CHECK(world.not_mine(world.session(alice), wrong.id) == AnswerRefusal::unknown);

    const auto live = world.session(mallory);
    for (int i = 0; i < kReportsPerDay; ++i) CHECK_FALSE(world.not_mine(live, world.sign_in(mallory, {})));
    const auto next = world.sign_in(mallory, {});
    CHECK(world.not_mine(live, next) == AnswerRefusal::tooMany);
    CHECK(world.record(next).owner_says == OwnerAnswer::none);
}

TEST_CASE("PROTO-183 CRED-091 ending one session ends its refresh tokens, offline ones too, and no other's", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice"), mallory = world.user("mallory");
    const auto here = world.session(alice), there = world.session(alice);
    const auto online = world.grant(there, false), offline = world.grant(there, true), kept = world.grant(here, true);
    OwnSessions sessions(world.ports);
    const auto end = [&](const LiveSession& by, SessionId id) { return value_of(sessions.end(*world.snapshot(), by, id, world.facts())); };
    CHECK(end(world.session(mallory), there.session.id) == SessionRefusal::unknown);
    CHECK(end(world.session(alice, 5min + 1ms), there.session.id) == SessionRefusal::notFresh);
    CHECK(value_of(world.ports.sessions.session(world.tenant, there.session.id))->state == identity::SessionState::active);

    CHECK_FALSE(end(here, there.session.id));
    CHECK(value_of(world.ports.sessions.session(world.tenant, there.session.id))->state == identity::SessionState::ended);
    CHECK(world.state_of(online) == identity::GrantState::revoked);
    CHECK(world.state_of(offline) == identity::GrantState::revoked);
    CHECK(world.state_of(kept) == identity::GrantState::active);
    CHECK(end(here, there.session.id) == SessionRefusal::unknown);
    const auto left = value_of(sessions.list(*world.snapshot(), here, world.now));
    REQUIRE_FALSE(left.empty());
    CHECK(left[0].is_this_one);
    CHECK(std::ranges::none_of(left, [&](const auto& s) { return s.id == there.session.id; }));
}

TEST_CASE("UX-82 IDP-013 what is pending is named, and gone once done", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice");
    CHECK(world.pending(world.session(alice)) == std::vector{ActionNeeded::registerMethod});
    auto user                      = world.account(alice).user;
    user.mfa_registration_deadline = world.now + 3 * 24h;
    world.commit({UserChanged{user}});
    const auto due = value_of(pending_actions(world.ports, *world.snapshot(), world.session(alice), world.facts()));
    CHECK(due.at(0).until == world.now + 3 * 24h);
    world.commit({MethodRegistered{{.id = {4, 4}, .user = alice, .kind = AuthMethod::softwareOath, .display_name = "Phone", .created_at = world.now}}});
    CHECK(world.pending(world.session(alice)).empty());

    const auto risky = world.sign_in(alice, RiskLevel::medium);
    const auto live  = world.session(alice);
    CHECK(world.pending(live) == std::vector{ActionNeeded::changePassword, ActionNeeded::reviewSignIns});
    CHECK_FALSE(world.mine(live, risky));
    CHECK(world.pending(live) == std::vector{ActionNeeded::changePassword});
    auto book = value_of(RiskChanges::read(world.ports, world.tenant, alice, std::nullopt));
    value_of(book.happen({.event = risk::RiskEvent::userPasswordChanged, .by = risk::ActorKind::user, .target = {.user = alice}, .at = world.now, .met = {risk::Need::freshMfa}}, ""));
    world.commit(value_of(book.changes(world.ports, world.now)));
    CHECK(world.pending(live).empty());
    CHECK(value_of(secured_at(world.ports, world.tenant, alice, world.now)) == world.now);  // UX-84
    CHECK(world.titles(live) == std::vector<std::string>{""});
    CHECK_FALSE(value_of(secured_at(world.ports, world.tenant, alice, world.now + 91 * 24h)));
}

TEST_CASE("UX-81 every notice goes to every address of the account and stands on its owner's page of alerts alone", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    auto user        = world.account(alice).user;
    user.mail        = "alice@contoso.example";
    world.commit({UserChanged{user}});
    world.commit({MethodRegistered{tests::value_of(contact_method(world.ports, world.tenant, alice, contact_from(*credentials::parse_mail_address("alice@home.example")), world.now))}});
    for (const auto& row : notices::notice_table()) {
        if (row.audience != notices::Audience::owner) continue;
        const Words words{{"method", "softwareOath"}, {"left", "3"}, {"days", "7"}, {"date", "4 December 2026"}, {"address", "new@contoso.example"}, {"count", "1"}};
        const auto from = world.facts();
        std::vector<Change> changes;
        value_of(add_notice(changes, world.ports, *world.snapshot(), world.account(alice).user, {.notice = row.notice, .at = world.now, .from = &from, .words = words, .other_addresses = {}}));
        CAPTURE(row.key);
        CHECK(changes.size() == 3);  // two mails and a line
        world.commit(std::move(changes));
        world.now += 1s;
    }
    const auto told = world.titles(world.session(alice));
    CHECK(told.size() == static_cast<std::size_t>(std::ranges::count(notices::notice_table(), notices::Audience::owner, &notices::NoticeRow::audience)));
    CHECK(std::ranges::none_of(told, [](const auto& title) { return title.empty() || title.find('{') != std::string::npos; }));
    CHECK(world.titles(world.session(bob)).empty());
}

TEST_CASE("CRED-088 each of these acts tells every address of the account, in the act itself", "[own-account]") {
    struct Row {
        std::string_view act;
        std::function<void(OwnAccount&, UserId)> done;
    };
    const auto app_of = [](OwnAccount& world, UserId user) {
        const MethodId id = world.ports.random.new_id<MethodId>(world.now);
        identity::AuthenticationMethod method{.id = id, .user = user, .kind = AuthMethod::softwareOath, .display_name = "Phone", .created_at = world.now};
        world.commit({MethodRegistered{method}});
        return id;
    };
    const auto who = [](OwnAccount& world, UserId user) {
        auto live             = world.session(user);
        live.session.factors  = {{AuthMethod::password, world.now}, {AuthMethod::passkeySynced, world.now}};
        live.session.mfa_time = world.now;
        return registrant_of(live);
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"IssueTemporaryPassword", [](OwnAccount& w, UserId u) { value_of(IssueTemporaryPassword(w.ports, w.passwords, w.verify_password)(w.admin(), u)); }},
        {"RegisterTotp", [](OwnAccount& w, UserId u) { value_of(RegisterTotp(w.ports)(w.admin(), u, {.bytes = Secret(std::string(20, 's')), .display_name = "Phone"})); }},
        {"RegisterContact", [](OwnAccount& w, UserId u) { value_of(RegisterContact(w.ports)(w.admin(), u, *credentials::parse_phone_number("+4915112345678"))); }},
        {"ResetMfa", [&](OwnAccount& w, UserId u) { app_of(w, u); value_of(ResetMfa(w.ports)(w.admin(), u)); }},
        {"RemoveMethod", [&](OwnAccount& w, UserId u) { const auto id = app_of(w, u); app_of(w, u); CHECK_FALSE(value_of(OwnMethods(w.ports).remove(*w.snapshot(), who(w, u), id, w.facts()))); }},
        {"SetDefaultMethod", [&](OwnAccount& w, UserId u) { const auto id = app_of(w, u); CHECK_FALSE(value_of(OwnMethods(w.ports).make_default(*w.snapshot(), who(w, u), id, w.facts()))); }},
        {"ChangePassword", [](OwnAccount& w, UserId u) {
             Submission typed;
             typed.current_password = Secret(std::string(w.kPassword));
             typed.new_password     = Secret(std::string("walnut harbour copper 37"));
             typed.confirm_password = Secret(std::string("walnut harbour copper 37"));
             CHECK(value_of(ChangePassword(w.ports, w.verify_password)(*w.snapshot(), w.session(u), typed, w.facts())).session);
         }},
        {"ReportLeakedCredentials", [](OwnAccount& w, UserId u) { value_of(ReportLeakedCredentials(w.ports)(w.admin(), u, {"a list", w.now}, RiskLevel::high)); }},
        {"ConfirmUserCompromised", [](OwnAccount& w, UserId u) { value_of(ConfirmUserCompromised(w.ports)(w.admin(), u)); }},
        {"ReportOwnSignIn", [](OwnAccount& w, UserId u) { CHECK_FALSE(w.not_mine(w.session(u), w.sign_in(u, {}))); }},
    }));
    CAPTURE(row.act);
    OwnAccount world;
    const auto alice = world.user("alice");
    auto user        = world.account(alice).user;
    user.mail        = "alice@contoso.example";
    world.commit({UserChanged{user}});
    world.commit({MethodRegistered{tests::value_of(contact_method(world.ports, world.tenant, alice, contact_from(*credentials::parse_mail_address("alice@home.example")), world.now))}});
    row.done(world, alice);
    const auto all = world.audit();
    const auto act = std::ranges::find(all, row.act, &AuditRecord::name);
    REQUIRE(act != all.end());
    const auto count = [&](std::string_view change) {
        int found = 0;
        for (auto at = act->changes.find(change); at != std::string::npos; at = act->changes.find(change, at + 1)) ++found;
        return found;
    };
    CHECK(count("MessageQueued") % 2 == 0);
    CHECK(count("MessageQueued") >= 2);
    CHECK(count("OwnerTold") >= 1);
}

TEST_CASE("IDP-012 the owner hears when their risk rises to medium and to high, and else of a sign-in that is suspicious", "[own-account]") {
    using enum RiskLevel;
    struct Row {
        RiskLevel before, after, of_sign_in;
        std::string_view told;
    };
    const auto row = GENERATE(values<Row>({
        {none, none, none, ""},
        {none, low, low, ""},
        {none, medium, medium, "account_at_risk"},
        {low, medium, none, "account_at_risk"},
        {medium, high, high, "account_at_risk"},
        {none, high, high, "account_at_risk"},
        {high, high, medium, "suspicious_sign_in"},
        {medium, medium, medium, "suspicious_sign_in"},
        {high, high, low, ""},
        {high, medium, none, ""},
        {none, none, medium, "suspicious_sign_in"},  // MFA closed it in the same moment
    }));
    OwnAccount world;
    const auto alice = world.user("alice");
    std::vector<Change> changes;
    value_of(tell_of_risk(changes, world.ports, *world.snapshot(), world.account(alice).user, {row.before, row.after, row.of_sign_in}, nullptr, world.now));
    CAPTURE(static_cast<int>(row.before), static_cast<int>(row.after));
    CHECK(changes.size() == (row.told.empty() ? 0U : 2U));
    if (row.told.empty()) return;
    world.commit(std::move(changes));
    CHECK(value_of(world.ports.alerts.of_user(world.tenant, {.user = alice})).at(0).kind == row.told);
}

TEST_CASE("E08 which proofs let a change of the password settle a risk", "[own-account]") {
    OwnAccount world;
    auto live           = world.session(world.user("alice"), 1h);
    const auto settles  = [&] { return settles_risk(live, world.now); };
    const auto proven   = [&](AuthMethod method, Duration ago) {
        live.session.mfa_time = world.now - ago;
        live.session.factors  = {{AuthMethod::password, world.now - 1h}, {method, world.now - ago}};
    };
    CHECK_FALSE(settles());
    proven(AuthMethod::softwareOath, 1min);
    CHECK_FALSE(settles());  // nothing of the account's own was proven
    live.account.methods = {{.id = {3, 3}, .user = live.account.user.id, .kind = AuthMethod::softwareOath, .created_at = world.now - 1min}};
    CHECK_FALSE(settles());  // enrolled by that very proof
    live.account.methods[0].created_at = world.now - 2min;
    CHECK(settles());
    proven(AuthMethod::softwareOath, 11min);
    CHECK_FALSE(settles());

    // Another provider's proof enrols nothing here.
    live.account.methods.clear();
    live.has_external_method = true;
    proven(AuthMethod::externalMethod, 9min);
    CHECK(settles());
    proven(AuthMethod::externalMethod, 11min);
    CHECK_FALSE(settles());
    live.session.factors.push_back({AuthMethod::softwareOath, world.now - 1min});
    live.session.mfa_time = world.now - 1min;
    CHECK_FALSE(settles());  // what is fresh was enrolled by itself, what is external is old
    live.session.mfa_time.reset();  // taken back, or its provider is not trusted any more
    CHECK_FALSE(settles());
}

TEST_CASE("a language that is chosen is kept for mails; one without texts is refused", "[own-account]") {
    OwnAccount world;
    const auto alice = world.user("alice");
    const auto choose = [&](std::string_view language) { return ChangeLanguage(world.ports)(*world.snapshot(), world.session(alice), language, world.facts()); };
    REQUIRE(choose("de"));
    CHECK(world.account(alice).user.preferred_language == "de");
    CHECK(choose("tlh").error().code == ErrorCode::invalidRequest);
    CHECK(choose("../en").error().code == ErrorCode::invalidRequest);
    std::vector<Change> changes;
    value_of(add_notice(changes, world.ports, *world.snapshot(), world.account(alice).user, {.notice = Notice::passwordChanged, .at = world.now, .from = nullptr, .words = {}, .other_addresses = {}}));
    world.commit(std::move(changes));
    CHECK(value_of(own_alerts(world.ports, *world.snapshot(), world.session(alice), std::nullopt, "de")).page.at(0).title == "Ihr Kennwort wurde geändert");
    REQUIRE(choose(""));
    CHECK(world.account(alice).user.preferred_language.empty());
}

}  // namespace
}  // namespace portcullis::app
