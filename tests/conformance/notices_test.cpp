#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "app/admin/change_tenant_settings.h"
#include "app/admin/dismiss_user_risk.h"
#include "app/ports/change_kinds.h"
#include "app/notices.h"
#include "app/phone_codes.h"
#include "app/tell_of_operation.h"
#include "app/tell_users_at_risk.h"
#include "app/weekly_digest.h"
#include "core/credentials/phone_number.h"
#include "tests/support/admin_world.h"

using namespace portcullis;
using namespace portcullis::app;
using tests::AdminWorld;
using tests::value_of;
using namespace std::chrono_literals;

namespace {

std::vector<Message> mails(const std::vector<Change>& changes) {
    std::vector<Message> all;
    for (const auto& change : changes) {
        if (const auto* queued = std::get_if<MessageQueued>(&change.any().kind)) all.push_back(queued->message);
    }
    return all;
}

Told told(Notice notice, Instant at, Words words = {}) { return {.notice = notice, .at = at, .from = nullptr, .words = std::move(words), .other_addresses = {}}; }

RequestFacts facts(Instant now) {
    RequestFacts from;
    from.now        = now;
    from.address    = parse_ip("203.0.113.9").value();
    from.user_agent = "Mozilla/5.0";
    return from;
}

}  // namespace

TEST_CASE("CRED-088: a change of address is told to the new address and the old one, with when, from where and what to do") {
    AdminWorld world;
    auto user               = world.account(world.user("alice")).user;
    user.mail               = "new@contoso.example";
    user.preferred_language = "de";
    const auto from         = facts(world.now);
    auto what               = told(Notice::addressChanged, world.now, {{"address", "new@contoso.example"}});
    what.from               = &from;
    what.other_addresses    = {"old@contoso.example"};
    std::vector<Change> changes;
    REQUIRE(add_notice(changes, world.ports, *world.snapshot(), user, what));
    const auto sent = mails(changes);
    REQUIRE(sent.size() == 2);
    CHECK(sent[0].to == "new@contoso.example");
    CHECK(sent[1].to == "old@contoso.example");
    CHECK(sent[0].id != sent[1].id);
    CHECK(sent[0].subject == "Eine Adresse Ihres Kontos wurde geändert");
    for (const auto* words : {"20. November 2026, 12:00 Uhr UTC", "203.0.113.9", "Wenn nicht, wenden Sie sich sofort an"}) {
        INFO(words);
        CHECK(sent[0].text.find(words) != std::string::npos);
        CHECK(sent[0].html.find(words) != std::string::npos);
    }
}

TEST_CASE("links in notices begin with the configured origin, and most have none (host-header poisoning)") {
    AdminWorld world;
    world.ports.base_url = "https://login.example.com";
    const auto user      = world.account(world.user("alice")).user;
    for (const auto& row : notices::notice_table()) {
        if (row.audience != notices::Audience::owner) continue;
        std::vector<Change> changes;
        REQUIRE(add_notice(changes, world.ports, *world.snapshot(), user, told(row.notice, world.now)));
        const auto sent = mails(changes);
        INFO(row.key);
        REQUIRE(sent.size() == 1);
        const auto at = sent[0].text.find("://");
        if (row.closing == notices::Closing::secure_account) CHECK(sent[0].text.find("https://login.example.com/contoso.example/myaccount/password?with=mfa\n") != std::string::npos);
        else if (row.closing == notices::Closing::sign_in_by_mail) CHECK(sent[0].text.find("https://login.example.com/contoso.example/myaccount\n") != std::string::npos);
        else CHECK(at == std::string::npos);
    }
}

TEST_CASE("no more than ten notices of a kind an hour go to one person") {
    AdminWorld world;
    const auto user = world.account(world.user("alice")).user;
    std::vector<Change> changes;
    for (int i = 0; i < 12; ++i) REQUIRE(add_notice(changes, world.ports, *world.snapshot(), user, told(Notice::passwordChanged, world.now)));
    CHECK(mails(changes).size() == 10);
    REQUIRE(add_notice(changes, world.ports, *world.snapshot(), user, told(Notice::methodAdded, world.now, {{"method", "sms"}})));
    CHECK(mails(changes).size() == 11);
    REQUIRE(add_notice(changes, world.ports, *world.snapshot(), user, told(Notice::passwordChanged, world.now + 1h)));
    CHECK(mails(changes).size() == 12);
}

TEST_CASE("CRED-089: administrators are told each in their own mail, the help desk at its own address") {
    AdminWorld world;
    const auto gina = world.user("gina");
    const auto sam  = world.user("sam");
    world.commit({RoleAssigned{gina, identity::id_of(identity::DirectoryRole::globalAdministrator)}, RoleAssigned{sam, identity::id_of(identity::DirectoryRole::securityReader)}});
    const auto about = world.account(gina).user;
    std::vector<Change> changes;
    REQUIRE(tell_administrators(changes, world.ports, *world.snapshot(), about, told(Notice::administratorReset, world.now)));
    auto sent = mails(changes);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].to == "sam@contoso.example");
    CHECK(sent[0].text.find("gina@contoso.example") != std::string::npos);

    changes.clear();
    REQUIRE(tell_administrators(changes, world.ports, *world.snapshot(), about, told(Notice::contactAdministrator, world.now)));
    CHECK(mails(changes).at(0).to == "gina@contoso.example");  // the last of three roles, the only one held

    auto tenant                                    = *world.snapshot();
    tenant.tenant.settings.branding.help_desk_mail = "help@contoso.example";
    changes.clear();
    REQUIRE(tell_administrators(changes, world.ports, tenant, about, told(Notice::contactAdministrator, world.now)));
    sent = mails(changes);
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].to == "help@contoso.example");
}

// --- Users at risk, the digest, operation (id-protection.md §5.5, credentials.md §17) ---

namespace {

using identity::DirectoryRole;

/// A store whose acts of one name fail, as often as is said.
class FailingJournal : public Journal {
public:
    FailingJournal(Journal& journal, std::string name) : journal_(journal), name_(std::move(name)) {}
    Result<void> commit(const Act& act) override {
        if (act.name == name_ && failures-- > 0) return Error{ErrorCode::unavailable, "the store is gone"};
        return journal_.commit(act);
    }
    int failures = 0;

private:
    Journal& journal_;
    const std::string name_;
};

class BerlinTime : public TimeZones {
public:
    std::optional<Duration> offset(std::string_view zone, Instant) const override { return zone == "Europe/Berlin" ? std::optional<Duration>(1h) : std::nullopt; }
};

/// Gina, a Global Administrator who reads German, Sam, who reads risk, and Olga, who does not.
struct Office {
    AdminWorld world;
    UserId gina = world.user("gina"), sam = world.user("sam"), olga = world.user("olga"), alice = world.user("alice"), bob = world.user("bob");

    Office() {
        auto german               = world.account(gina).user;
        german.preferred_language = "de";
        world.commit({UserChanged{german}, RoleAssigned{gina, identity::id_of(DirectoryRole::globalAdministrator)},
                      RoleAssigned{sam, identity::id_of(DirectoryRole::securityReader)}, RoleAssigned{olga, identity::id_of(DirectoryRole::userAdministrator)}});
    }

    void set(const std::function<void(identity::NoticeSettings&)>& change) {
        auto settings = world.snapshot()->tenant.settings;
        change(settings.notices);
        world.commit({TenantChanged{settings, {"notices"}}});
    }
    int tell_at_risk() { return value_of(TellUsersAtRisk(world.ports, world.notice_store())(world.now)); }
    int digest() {
        const BerlinTime zones;
        return value_of(WeeklyDigest(world.ports, world.notice_store(), zones)(world.now));
    }
    int tell_of(const notices::Operation& operation) { return value_of(TellOfOperation(world.ports, world.notice_store())(operation, world.now)); }
    /// What the outbox holds, and it does not any more.
    std::vector<Message> take_mails() {
        std::vector<Message> all;
        while (const auto queued = value_of(world.outbox().claim("email", world.now, world.now + 5min))) {
            all.push_back(queued->message);
            value_of(world.outbox().sent(*queued));
        }
        std::ranges::sort(all, {}, &Message::to);
        return all;
    }
    std::vector<std::string> take_recipients() {
        std::vector<std::string> to;
        for (const auto& mail : take_mails()) to.push_back(mail.to);
        return to;
    }
};

using Recipients = std::vector<std::string>;
const Recipients kReaders{"gina@contoso.example", "sam@contoso.example"};

bool has(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("CRED-088 IDP-125 administrators hear of users at the level they set, one mail for all in five seconds") {
    Office office;
    auto& world = office.world;
    CHECK(office.tell_at_risk() == 0);
    world.sign_in(office.alice, RiskLevel::medium);
    CHECK(office.tell_at_risk() == 0);  // under the threshold
    world.sign_in(office.alice, RiskLevel::high);
    world.now += 1s;
    world.sign_in(office.bob, RiskLevel::high);
    CHECK(office.tell_at_risk() == 2);
    const auto mails = office.take_mails();
    REQUIRE(mails.size() == 2);
    CHECK(mails[0].to == kReaders[0]);
    CHECK(mails[0].subject == "Benutzer mit Risiko");
    CHECK(mails[1].to == kReaders[1]);
    CHECK(has(mails[1].text, "How many: 2."));
    for (const auto& mail : mails) CHECK_FALSE(has(mail.text + mail.html, "alice"));  // a mail is no report
    CHECK(office.tell_at_risk() == 0);

    world.now += 4999ms;
    const auto carol = world.user("carol");
    world.sign_in(carol, RiskLevel::high);
    CHECK(office.tell_at_risk() == 0);  // five seconds are not over
    world.now += 1ms;
    CHECK(office.tell_at_risk() == 1);
    CHECK(office.take_recipients() == kReaders);

    office.set([](auto& notices) { notices.risk_threshold = RiskLevel::low; });
    world.now += 5s;
    world.sign_in(world.user("dan"), RiskLevel::low);
    CHECK(office.tell_at_risk() == 1);
    office.set([](auto& notices) { notices.tells_users_at_risk = false; });
    world.now += 5s;
    world.sign_in(world.user("eve"), RiskLevel::high);
    CHECK(office.tell_at_risk() == 0);
    office.set([](auto& notices) { notices.tells_users_at_risk = true; });
    CHECK(office.tell_at_risk() == 1);
}

TEST_CASE("IDP-125 whoever stays at the level is told of again for newer activity, not for older; and again after it was over") {
    Office office;
    auto& world = office.world;
    world.sign_in(office.alice, RiskLevel::high);  // the first of January
    CHECK(office.tell_at_risk() == 1);
    world.now += std::chrono::days{4};
    world.sign_in(office.alice, RiskLevel::low);  // the fifth: she is still at high
    CHECK(office.tell_at_risk() == 1);

    // 05:10 was told; at 05:15 the sign-in of 05:00 turns out to be at high risk.
    const auto at_five = world.now - 10min;
    world.now += 5min;
    world.raise(office.alice, RiskLevel::high, at_five);
    CHECK(office.tell_at_risk() == 0);

    value_of(DismissUserRisk(world.ports)(world.admin(), std::vector{office.alice}));
    CHECK(office.tell_at_risk() == 0);
    world.now += 5s;
    world.raise(office.alice, RiskLevel::high, at_five);
    CHECK(office.tell_at_risk() == 1);  // she came to be at risk anew, whatever it was
}

TEST_CASE("IDP-125 a level below the threshold is told when it becomes the level, though its activity is old") {
    Office office;
    auto& world = office.world;
    world.sign_in(office.alice, RiskLevel::medium);
    CHECK(office.tell_at_risk() == 0);
    world.now += 1h;
    world.raise(office.alice, RiskLevel::high, world.now - 2h);
    CHECK(office.tell_at_risk() == 1);
}

TEST_CASE("CRED-088 an alert whose act commits late, with an older time, is told (lost before)") {
    Office office;
    auto& world = office.world;
    const auto began = world.now;
    world.now += 10s;
    world.sign_in(office.bob, RiskLevel::high);
    CHECK(office.tell_at_risk() == 1);
    world.raise(office.alice, RiskLevel::high, began - 1min, began);  // its act began before Bob's and ends after it was told of him
    world.now += 5s;
    CHECK(office.tell_at_risk() == 1);
    CHECK(office.tell_at_risk() == 0);
}

TEST_CASE("CRED-088 an alert whose own act fails is told at the next turn, once") {
    Office office;
    auto& world = office.world;
    FailingJournal failing(world.ports.journal, "TellUsersAtRisk");
    failing.failures = 2;
    auto ports       = world.ports_with(failing);
    world.sign_in(office.alice, RiskLevel::high);
    for (int i = 0; i < 2; ++i) CHECK(TellUsersAtRisk(ports, world.notice_store())(world.now).error().code == ErrorCode::unavailable);
    CHECK(office.take_mails().empty());
    CHECK(value_of(TellUsersAtRisk(ports, world.notice_store())(world.now)) == 1);
    CHECK(value_of(TellUsersAtRisk(ports, world.notice_store())(world.now + 5s)) == 0);
    CHECK(office.take_recipients() == kReaders);
}

TEST_CASE("CRED-088 of two nodes at once one tells, and what rises meanwhile is told next") {
    Office office;
    auto& world = office.world;
    world.sign_in(office.alice, RiskLevel::high);
    // Both have read before either has written.
    const auto alerts = value_of(world.notice_store().risk_alerts(world.tenant, {.least = RiskLevel::high, .since = world.now - 1h}));
    REQUIRE(alerts.size() == 1);
    std::atomic<int> told = 0;
    std::vector<std::thread> nodes;
    for (int i = 0; i < 6; ++i) nodes.emplace_back([&] { told += office.tell_at_risk(); });
    for (auto& node : nodes) node.join();
    CHECK(told == 1);
    CHECK(office.take_recipients() == kReaders);
    const auto again = world.ports.journal.commit({.tenant = world.tenant, .id = world.ports.random.new_id<ActId>(world.now), .name = "TellUsersAtRisk", .by = {}, .at = world.now,
                                                   .correlation = {}, .changes = {RiskAlertsTold{alerts}}});
    CHECK(again.error().code == ErrorCode::conflict);
    world.now += 1s;
    world.sign_in(office.alice, RiskLevel::high);
    world.now += 5s;
    CHECK(office.tell_at_risk() == 1);
}

TEST_CASE("CRED-089 where nobody may be told, users at risk wait for somebody; who was cleared for a day is let be") {
    AdminWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto tell = [&] { return value_of(TellUsersAtRisk(world.ports, world.notice_store())(world.now)); };
    world.sign_in(alice, RiskLevel::high);
    world.sign_in(bob, RiskLevel::high);
    CHECK(tell() == 0);
    value_of(DismissUserRisk(world.ports)(world.admin(), std::vector{bob}));
    world.now += 25h;
    world.commit({RoleAssigned{world.user("gina"), identity::id_of(DirectoryRole::globalAdministrator)}});
    CHECK(tell() == 1);
}

TEST_CASE("IDP-126 the weekly digest: on Monday at eight by the tenant's clock, each in their language, what came and what is open") {
    Office office;
    auto& world = office.world;  // a Friday
    office.set([](auto& notices) { notices.time_zone = "Europe/Berlin"; });
    CHECK(office.digest() == 0);  // the weeks begin
    world.sign_in(office.alice, RiskLevel::high);
    world.now += 1h;
    world.sign_in(office.alice, RiskLevel::low);
    world.sign_in(office.bob, RiskLevel::medium);
    world.sign_in(office.sam, RiskLevel::low);
    world.sign_in(office.gina, std::nullopt);
    value_of(DismissUserRisk(world.ports)(world.admin(), std::vector{office.bob}));
    world.now = *parse_rfc3339("2026-11-23T06:59:59Z");
    CHECK(office.digest() == 0);
    world.now += 1s;
    CHECK(office.digest() == 1);
    const auto mails = office.take_mails();
    REQUIRE(mails.size() == 2);
    CHECK(mails[0].to == kReaders[0]);
    CHECK(has(mails[0].text, "Benutzer mit neuem Risiko: 3 (hoch: 1, mittel: 1, niedrig: 1)"));
    const auto& english = mails[1];
    CHECK(english.subject == "Your week: users and sign-ins at risk");
    for (const auto* words : {"the week from 16 November 2026 on", "Users with new risk: 3 (high: 1, medium: 1, low: 1)", "New sign-ins at risk: 4", "Users at risk now: 2", "Of them with a role: 1",
                              "portcullis risk users", "This message contains no links."}) {
        INFO(words);
        CHECK(has(english.text, words));
    }
    CHECK_FALSE(has(english.text + english.html, "://"));
    CHECK_FALSE(has(english.text + english.html, "alice"));

    // Not twice, neither this week nor by another node or after a restart.
    for (const auto step : {0s, 60s, 86'400s, 500'000s}) {
        world.now += step;
        CHECK(office.digest() == 0);
    }
    world.now = *parse_rfc3339("2026-11-30T12:00:00Z");  // late
    std::atomic<int> sent = 0;
    std::vector<std::thread> nodes;
    for (int i = 0; i < 4; ++i) nodes.emplace_back([&] { sent += office.digest(); });
    for (auto& node : nodes) node.join();
    CHECK(sent == 1);
    const auto quiet = office.take_mails();
    REQUIRE(quiet.size() == 2);
    CHECK(quiet[1].subject == "Your week: nobody new at risk");
    CHECK(has(quiet[1].text, "Users at risk now: 2"));
    // Weeks without a server are not made up for.
    world.now += std::chrono::days{30};
    CHECK(office.digest() == 1);
    CHECK(office.digest() == 0);
}

TEST_CASE("IDP-126 who gets it: readers but those left out, addresses beside them once each; or nobody") {
    Office office;
    auto& world = office.world;
    CHECK(office.digest() == 0);
    office.set([&](auto& notices) {
        notices.excluded_users = {office.gina};
        notices.addresses      = {"soc@contoso.example", "sam@contoso.example"};
    });
    world.now += std::chrono::days{7};
    CHECK(office.digest() == 1);
    CHECK(office.take_recipients() == Recipients{"sam@contoso.example", "soc@contoso.example"});
    world.sign_in(office.alice, RiskLevel::high);
    CHECK(office.tell_at_risk() == 1);
    CHECK(office.take_recipients() == Recipients{"sam@contoso.example", "soc@contoso.example"});
    office.set([](auto& notices) { notices.sends_weekly_digest = false; });
    world.now += std::chrono::days{7};
    CHECK(office.digest() == 0);
    CHECK(office.take_mails().empty());
}

TEST_CASE("IDP-126 a digest whose act fails is sent at the next turn, once") {
    Office office;
    auto& world = office.world;
    CHECK(office.digest() == 0);
    world.now += std::chrono::days{7};
    FailingJournal failing(world.ports.journal, "SendWeeklyDigest");
    failing.failures = 1;
    auto ports       = world.ports_with(failing);
    const BerlinTime zones;
    WeeklyDigest digests(ports, world.notice_store(), zones);
    CHECK_FALSE(digests(world.now).has_value());
    CHECK(value_of(digests(world.now)) == 1);
    CHECK(value_of(digests(world.now)) == 0);
    CHECK(office.take_recipients() == kReaders);
}

TEST_CASE("CRED-089 operation: what is due, down or stale is told to Global Administrators, all of a kind in one mail, once a day") {
    Office office;
    auto& world = office.world;
    CHECK(office.tell_of({}) == 0);
    notices::Operation operation{.certificate_ends = world.now + std::chrono::days{20},
                                 .closed_ways      = {{"sms", world.now - 11min}, {"email", world.now - 1h}},
                                 .stale_sets       = {{"tor-exits", world.now - std::chrono::days{3}}},
                                 .signing_algs     = {"ES256"}};
    CHECK(office.tell_of(operation) == 3);
    const auto mails = office.take_mails();
    REQUIRE(mails.size() == 3);
    std::string all;
    for (const auto& mail : mails) {
        CHECK(mail.to == "gina@contoso.example");
        CHECK_FALSE(has(mail.text, "{"));
        all += mail.subject + mail.text;
    }
    for (const auto* words : {"Das Zertifikat des Servers endet am 10. Dezember 2026.", "Für ES256 gibt es keinen Signaturschlüssel.", "über: sms.", "Vom 17. November 2026: tor-exits."}) {
        INFO(words);
        CHECK(has(all, words));
    }
    CHECK(office.tell_of(operation) == 0);
    world.now += 24h - 1ms;
    CHECK(office.tell_of(operation) == 0);
    world.now += 1ms;
    CHECK(office.tell_of(operation) == 2);  // the certificate was told once and the list is told once a week
    world.now += std::chrono::days{13};
    operation.closed_ways.clear();
    operation.stale_sets.clear();
    CHECK(office.tell_of(operation) == 1);
    office.take_mails();
    office.set([](auto& notices) { notices.tells_of_operation = false; });
    world.now += std::chrono::days{13};
    CHECK(office.tell_of(operation) == 0);
}

TEST_CASE("IDP-125 IDP-126 a Security Administrator sets who is told of risk, and nothing else of the tenant") {
    Office office;
    auto& world   = office.world;
    auto settings = world.snapshot()->tenant.settings;
    const auto by = world.admin_as(office.sam, {DirectoryRole::securityAdministrator});
    settings.notices.risk_threshold = RiskLevel::medium;
    settings.notices.addresses      = {"soc@contoso.example"};
    value_of(ChangeTenantSettings(world.ports)(by, settings));
    CHECK(world.snapshot()->tenant.settings.notices.risk_threshold == RiskLevel::medium);
    CHECK(world.snapshot()->tenant.settings.notices.addresses == Recipients{"soc@contoso.example"});
    settings.language = "de";
    CHECK(ChangeTenantSettings(world.ports)(by, settings).error().code == ErrorCode::forbidden);
    settings.language         = "en";
    const auto reader         = world.admin_as(office.sam, {DirectoryRole::securityReader});
    settings.notices.addresses = {};
    CHECK(ChangeTenantSettings(world.ports)(reader, settings).error().code == ErrorCode::forbidden);
    for (const auto* bad : {"not an address", "a@b, c@d.example", "<x@contoso.example>", "x@contoso.example\r\nBcc: y@evil.example"}) {
        settings.notices.addresses = {bad};
        CHECK(ChangeTenantSettings(world.ports)(by, settings).error().code == ErrorCode::invalidRequest);
    }
    settings.notices.addresses = std::vector<std::string>(21, "soc@contoso.example");
    CHECK(ChangeTenantSettings(world.ports)(by, settings).error().code == ErrorCode::invalidRequest);
    settings.notices.addresses = {};
    settings.notices.time_zone = "Europe/Berlin\n";
    CHECK(ChangeTenantSettings(world.ports)(by, settings).error().code == ErrorCode::invalidRequest);
}

TEST_CASE("a mailed code is sealed, ends, and stands in no subject") {
    AdminWorld world;
    const auto user = world.account(world.user("alice")).user;
    const auto change = value_of(code_mail(world.ports, *world.snapshot(), user, {.code = Secret(std::string("482913")), .to = "alice@contoso.example", .at = world.now, .expires_at = world.now + 5min}));
    const auto& message = std::get<MessageQueued>(change.any().kind).message;
    CHECK(message.is_sealed);
    CHECK(message.expires_at == world.now + 5min);
    CHECK((message.subject + message.text + message.html).find("482913") == std::string::npos);
    const auto row  = to_string(message.id);
    const auto open = value_of(world.ports.sealer.open(message.text, outbox_context(world.tenant, row, "body")));
    CHECK(open.reveal().find("482913") != std::string_view::npos);
    CHECK(open.reveal().find("://") == std::string_view::npos);
    world.commit({change});
    for (const auto& record : world.audit()) {
        CHECK(record.changes.find("482913") == std::string::npos);
        CHECK(record.changes.find("alice@") == std::string::npos);
    }
}

// --- Telephone ---

namespace {

PhoneCode code_for(std::string_view number, Instant at) {
    return {.way = PhoneCode::Way::sms, .number = credentials::parse_phone_number(number).value(), .code = Secret(std::string("482913")), .at = at, .expires_at = at + 3min};
}

/// A tenant that sends to Germany.
TenantSnapshot sending(AdminWorld& world) {
    auto tenant                            = *world.snapshot();
    tenant.tenant.settings.phone.countries = {"49"};
    return tenant;
}

using Refusal = std::optional<credentials::SendRefusal>;

}  // namespace

TEST_CASE("CRED-021: the sixth text message in an hour is refused, and a country that is not allowed at once") {
    AdminWorld world;
    PhoneCodes codes(world.ports);
    const auto tenant = sending(world);
    auto at           = world.now;
    CHECK(value_of(codes.charge(*world.snapshot(), {2, 1}, code_for("+49 15112345678", at))) == Refusal{credentials::SendRefusal::countryNotAllowed});
    CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+44 7700900123", at))) == Refusal{credentials::SendRefusal::countryNotAllowed});
    for (int i = 0; i < 5; ++i, at += 30s) CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", at))) == Refusal{});
    CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", at))) == Refusal{credentials::SendRefusal::userLimit});
    CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", world.now + 1h))) == Refusal{});
}

TEST_CASE("CRED-021: a second message within 30 seconds is too soon, however many ask at once") {
    AdminWorld world;
    const auto tenant = sending(world);
    std::atomic<int> sent = 0;
    std::vector<std::thread> askers;
    for (int i = 0; i < 8; ++i) {
        askers.emplace_back([&] {
            PhoneCodes codes(world.ports);
            if (value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", world.now))) == Refusal{}) ++sent;
        });
    }
    for (auto& asker : askers) asker.join();
    CHECK(sent == 1);
    PhoneCodes codes(world.ports);
    CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", world.now + 29s))) == Refusal{credentials::SendRefusal::tooSoon});
    CHECK(value_of(codes.charge(tenant, {2, 1}, code_for("+49 15112345678", world.now + 30s))) == Refusal{});
}

TEST_CASE("CRED-021: one number has ten a day over all users, one country and one organisation a budget") {
    AdminWorld world;
    PhoneCodes codes(world.ports);
    auto tenant = sending(world);
    for (std::uint64_t i = 0; i < 10; ++i) CHECK(value_of(codes.charge(tenant, {3, i}, code_for("+49 15112345678", world.now))) == Refusal{});
    CHECK(value_of(codes.charge(tenant, {3, 99}, code_for("+49 15112345678", world.now))) == Refusal{credentials::SendRefusal::numberLimit});

    tenant.tenant.settings.phone.sends_per_country_hour = 12;  // ten are spent
    const auto send = [&](std::uint64_t user, Instant at) { return value_of(codes.charge(tenant, {4, user}, code_for("+49 151" + std::to_string(10000000 + user), at))); };
    CHECK(send(1, world.now) == Refusal{});
    CHECK(send(2, world.now) == Refusal{});
    CHECK(send(3, world.now) == Refusal{credentials::SendRefusal::countryLimit});
    tenant.tenant.settings.phone.sends_per_day = 12;
    CHECK(send(4, world.now + 1h) == Refusal{credentials::SendRefusal::dayLimit});
    CHECK(send(5, world.now + 24h) == Refusal{});
}

TEST_CASE("a code by text message is sealed in the outbox; a voice reads digits one by one") {
    AdminWorld world;
    PhoneCodes codes(world.ports);
    const auto user = world.account(world.user("alice")).user;
    auto code       = code_for("+49 15112345678", world.now);
    const auto text = [&] {
        const auto change   = value_of(codes.message(sending(world), user, code));
        const auto& message = std::get<MessageQueued>(change.any().kind).message;
        CHECK(message.to == "+4915112345678");
        CHECK(message.text.find("482913") == std::string::npos);
        return std::string(value_of(world.ports.sealer.open(message.text, outbox_context(world.tenant, to_string(message.id), "body"))).reveal());
    };
    CHECK(text() == "482913 is your Contoso code. It works once, for 3 minutes. Give it to nobody.");
    code.way = PhoneCode::Way::voice;
    CHECK(text().find("4, 8, 2, 9, 1, 3") != std::string::npos);
}
