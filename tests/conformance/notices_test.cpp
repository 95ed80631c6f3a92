#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "app/admin/dismiss_user_risk.h"
#include "app/ports/change_kinds.h"
#include "app/notices.h"
#include "app/phone_codes.h"
#include "app/tell_users_at_risk.h"
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
        if (row.closing == notices::Closing::secure_account) CHECK(sent[0].text.find("https://login.example.com/contoso.example/myaccount/password\n") != std::string::npos);
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

TEST_CASE("CRED-088: administrators hear once of users at high risk, one mail for all of one run") {
    AdminWorld world;
    const auto gina = world.user("gina"), sam = world.user("sam"), alice = world.user("alice"), bob = world.user("bob");
    world.commit({RoleAssigned{gina, identity::id_of(identity::DirectoryRole::globalAdministrator)},
                  RoleAssigned{sam, identity::id_of(identity::DirectoryRole::securityReader)}});
    const auto told = [&] { return value_of(TellUsersAtRisk(world.ports)(world.now)); };
    const auto mails_of_last = [&] {
        const auto log = world.audit();
        const auto act = std::ranges::find(log, "TellUsersAtRisk", &AuditRecord::name);
        int found      = 0;
        if (act == log.end()) return found;
        for (auto at = act->changes.find("MessageQueued"); at != std::string::npos; at = act->changes.find("MessageQueued", at + 1)) ++found;
        return found;
    };
    CHECK(told() == 0);
    world.sign_in(alice, RiskLevel::medium);
    CHECK(told() == 0);  // under the threshold
    world.sign_in(alice, RiskLevel::high);
    world.now += 1s;
    world.sign_in(bob, RiskLevel::high);
    CHECK(told() == 2);
    CHECK(mails_of_last() == 2);  // Gina and Sam
    CHECK(told() == 0);
    world.now += 5s;
    world.sign_in(alice, RiskLevel::high);  // she stands where she stood
    CHECK(told() == 0);
    world.now += 5s;
    value_of(DismissUserRisk(world.ports)(world.admin(), std::vector{bob}));
    CHECK(told() == 0);
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
