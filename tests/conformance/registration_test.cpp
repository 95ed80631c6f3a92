#include <catch2/catch.hpp>

#include "app/admin/change_tenant_settings.h"
#include "app/remind_registration.h"
#include "tests/support/admin_world.h"

/// Registration below the pages: its reminders and its settings.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using tests::value_of;

class Registrations : public tests::AdminWorld {
public:
    /// Somebody whose period began now.
    UserId under_way(const std::string& name) {
        const auto who = user(name);
        commit({RegistrationWindowOpened{who, now + days{14}}});
        return who;
    }
    void settings(const std::function<void(identity::TenantSettings&)>& change) {
        auto so = snapshot()->tenant.settings;
        change(so);
        commit({TenantChanged{so}});
    }
    void add_app(UserId who) {
        commit({MethodRegistered{{.id = ports.random.new_id<MethodId>(now), .user = who, .kind = AuthMethod::softwareOath, .display_name = "Phone", .created_at = now}}});
    }
    int remind() { return value_of(RemindRegistration(ports)(now)); }
    /// Mails of reminders in the audit log.
    int mails() {
        int found = 0;
        for (const auto& record : audit()) {
            if (record.name != "RemindRegistration") continue;
            for (auto at = record.changes.find("MessageQueued"); at != std::string::npos; at = record.changes.find("MessageQueued", at + 1)) ++found;
        }
        return found;
    }
};

TEST_CASE("CRED-088 whoever puts registration off is reminded on days 1, 7 and 12 of 14, once each", "[registration]") {
    Registrations world;
    const auto start = world.now;
    world.under_way("bob");
    CHECK(world.remind() == 0);
    int sent = 0;
    for (int hour = 1; hour <= 15 * 24; ++hour) {
        world.now         = start + hour * 1h;
        const bool is_due = hour == 24 || hour == 7 * 24 || hour == 12 * 24;
        CAPTURE(hour);
        CHECK(world.remind() == (is_due ? 1 : 0));
        sent += is_due ? 1 : 0;
    }
    CHECK(sent == 3);
    CHECK(world.mails() == 3);
}

TEST_CASE("CRED-088 reminders that were missed are one, and who has registered or need not hears nothing", "[registration]") {
    Registrations world;
    const auto bob = world.under_way("bob"), carol = world.under_way("carol"), dave = world.under_way("dave"), erin = world.under_way("erin");
    world.user("frank");  // was never asked
    world.add_app(carol);
    world.settings([&](auto& s) {
        s.registration.excluded_users = {dave};
        s.emergency_accounts          = {erin};
    });
    world.now += days{8};
    CHECK(world.remind() == 1);
    CHECK(world.remind() == 0);
    world.settings([](auto& s) { s.registration.is_enabled = false; });
    world.now += days{5};
    CHECK(world.remind() == 0);
    world.settings([](auto& s) { s.registration.is_enabled = true; });
    CHECK(world.remind() == 1);

    // An administrator makes the period begin anew.
    auto user                      = world.account(bob).user;
    user.mfa_registration_deadline = world.now + days{14};
    world.commit({UserChanged{user}});
    CHECK(world.remind() == 0);
    world.now += days{1};
    CHECK(world.remind() == 1);
    CHECK(world.mails() == 3);
}

TEST_CASE("CRED-088 a tenant that cannot be read keeps no reminder from the next one", "[registration]") {
    Registrations world;
    world.under_way("bob");
    identity::Tenant broken{.id = {0, 1}, .domain = "adatum.example", .settings = {}, .version = 0};  // comes first
    broken.settings.branding.display_name = "Adatum";
    value_of(world.ports.journal.commit({.tenant = broken.id, .id = {0, 2}, .name = "Given", .by = {}, .at = world.now, .correlation = {}, .changes = {TenantCreated{broken}}}));
    REQUIRE(world.db().write({{"INSERT INTO policies (tenant_id, id, document, version) VALUES ($1, 'x', 'no policy', 1)", {broken.id}}}));
    world.now += days{1};
    CHECK_FALSE(RemindRegistration(world.ports)(world.now));
    CHECK(world.mails() == 1);
}

TEST_CASE("CRED-088 a reminder tells the day and the days left in the language of its reader", "[registration]") {
    Registrations world;
    const auto bob          = world.under_way("bob");
    auto user               = world.account(bob).user;
    user.preferred_language = "de";
    world.commit({UserChanged{user}});
    world.now += days{7};
    CHECK(world.remind() == 1);
    const auto told = value_of(world.ports.alerts.of_user(world.tenant, {.user = bob}));
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == "registration_reminder");
    CHECK(told[0].document.find("2026-12-04T12:00:00") != std::string::npos);
    CHECK(told[0].document.find("\"days\":\"7\"") != std::string::npos);
}

TEST_CASE("CRED-008 CRED-016 settings out of bounds are refused, each by its name", "[registration]") {
    Registrations world;
    const auto problems = [&](const std::function<void(identity::TenantSettings&)>& change) {
        auto so = world.snapshot()->tenant.settings;
        change(so);
        return settings_problems(so);
    };
    for (const int interval : {0, 1, 180, 730}) CHECK(problems([&](auto& s) { s.reset.reconfirm_days = interval; }).empty());
    for (const int interval : {-1, 731}) {
        const auto found = problems([&](auto& s) { s.reset.reconfirm_days = interval; });
        REQUIRE(found.size() == 1);
        CHECK(found[0].find("`reset.reconfirmAfterInDays`") != std::string::npos);
    }
    CHECK(problems([](auto& s) { s.campaign.snooze_days = 15; }).at(0).find("snoozeDurationInDays") != std::string::npos);
}

}  // namespace
}  // namespace portcullis::app
