#include <catch2/catch.hpp>

#include "app/admin/disable_device.h"
#include "app/admin/respond_to_compromise.h"
#include "app/collect_signals.h"
#include "app/devices.h"
#include "app/own_devices.h"
#include "tests/support/admin_world.h"

/// Devices, below the pages: who may do what to whose, and what still holds (CRED-070).
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using identity::Device;
using identity::DeviceKind;
using tests::value_of;

class DeviceWorld : public tests::AdminWorld {
public:
    [[nodiscard]] RequestFacts facts(std::string cookie = "cookie") const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("198.51.100.7"), .user_agent = "Mozilla/5.0", .device_id = std::move(cookie)};
    }
    DeviceId used(UserId user, std::string cookie = "cookie") {
        const auto at = facts(cookie);
        std::vector<Change> changes;
        const auto id = value_of(use_device(changes, ports, tenant, {.user = user, .digest = browser_digest(ports, cookie), .name = "Firefox, Linux", .country = "NO", .from = &at}));
        commit(std::move(changes));
        return id;
    }
    Device device(DeviceId id) { return *value_of(ports.sessions.device(tenant, id)); }
    LiveSession session(UserId user, DeviceId on, Duration ago = 0s) {
        const auto id = ports.random.new_id<SessionId>(now);
        identity::Session made{.id = id, .user = user, .reference_digest = "r" + to_string(id), .cross_site_reference_digest = "x" + to_string(id)};
        made.auth_time = made.created_at = now - ago;
        made.last_seen_at        = now;
        made.expires_at          = now + 24h;
        made.password_generation = account(user).password->generation;
        made.device              = on;
        commit({SessionOpened{made}});
        return {.session = *value_of(ports.sessions.session(tenant, id)), .account = account(user)};
    }
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }
    int mails() {
        int queued = 0;
        for (const auto& record : audit()) {
            for (auto at = record.changes.find("MessageQueued"); at != std::string::npos; at = record.changes.find("MessageQueued", at + 1)) ++queued;
        }
        return queued;
    }
};

TEST_CASE("CRED-070 the device administrator disables and enables with a reason; others may not, nor anybody for themselves or above", "[devices]") {
    using enum identity::DirectoryRole;
    DeviceWorld world;
    const auto alice = world.user("alice"), boss = world.user("boss"), other = world.user("other");
    world.commit({RoleAssigned{boss, id_of(helpdeskAdministrator)}});
    const auto id = world.used(alice), bosses = world.used(boss);
    DisableDevice disable(world.ports);
    EnableDevice enable(world.ports);
    const auto by = world.admin_as({8, 8}, {cloudDeviceAdministrator});

    CHECK(disable(by, alice, id, "").error().code == ErrorCode::invalidRequest);
    CHECK(disable(by, alice, id, std::string(257, 'x')).error().code == ErrorCode::invalidRequest);
    for (const auto role : {globalReader, securityAdministrator, userAdministrator, helpdeskAdministrator, authenticationAdministrator}) {
        CHECK(disable(world.admin_as({8, 8}, {role}), alice, id, "why").error().code == ErrorCode::forbidden);
    }
    CHECK(disable(by, other, id, "another person's").error().code == ErrorCode::notFound);
    CHECK(disable(by, alice, DeviceId{9, 9}, "none").error().code == ErrorCode::notFound);
    CHECK(disable(by, boss, bosses, "above").error().code == ErrorCode::forbidden);
    CHECK_FALSE(world.device(id).is_disabled());

    value_of(disable(by, alice, id, "left in a taxi"));
    const auto disabled = world.device(id);
    CHECK((disabled.is_disabled() && disabled.disabled_because == "left in a taxi" && disabled.disabled_by == to_string(UserId{8, 8})));
    CHECK(world.changes_of("DisableDevice").find("left in a taxi") != std::string::npos);
    CHECK(world.mails() == 1);
    value_of(disable(by, alice, id, "again"));
    CHECK(world.device(id).disabled_because == "left in a taxi");

    CHECK(enable(world.admin_as(alice, {globalAdministrator}), alice, id, "it is mine").error().code == ErrorCode::forbidden);
    value_of(enable(by, alice, id, "found"));
    CHECK_FALSE(world.device(id).is_disabled());
    CHECK(world.changes_of("EnableDevice").find("found") != std::string::npos);
    value_of(disable(world.admin_as({8, 8}, {globalAdministrator}), boss, bosses, "lost"));
    CHECK(world.device(bosses).is_disabled());
}

TEST_CASE("CRED-070 a device is used while it is enabled; disabled meanwhile, the act that uses it is a conflict", "[devices]") {
    DeviceWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto id = world.used(alice);
    CHECK(world.used(alice) == id);
    CHECK(world.used(bob) != id);
    CHECK(world.used(alice, "").is_nil());
    const auto at = world.facts();
    std::vector<Change> under_way;
    const DeviceUse use{.user = alice, .digest = browser_digest(world.ports, "cookie"), .from = &at};
    CHECK(value_of(use_device(under_way, world.ports, world.tenant, use)) == id);
    value_of(DisableDevice(world.ports)(world.admin(), alice, id, "lost"));
    CHECK(world.ports.journal.commit({.tenant = world.tenant, .id = {1, 2}, .name = "SignIn", .by = {}, .at = world.now, .correlation = {}, .changes = under_way}).error().code ==
          ErrorCode::conflict);
    std::vector<Change> next;
    CHECK(use_device(next, world.ports, world.tenant, use).error().code == ErrorCode::forbidden);
    CHECK(stay_on_device(next, world.ports, world.tenant, id, world.now).error().code == ErrorCode::forbidden);
    CHECK(value_of(is_on_disabled_device(world.ports, world.tenant, alice, at)));
    CHECK_FALSE(value_of(is_on_disabled_device(world.ports, world.tenant, bob, at)));
    CHECK_FALSE(value_of(is_on_disabled_device(world.ports, world.tenant, alice, world.facts(""))));
    CHECK(browser_digest(world.ports, "key") != workstation_digest(world.ports, "key"));
}

TEST_CASE("CRED-070 what was granted holds by its devices: disabled, void for ever from before, removed, or none known", "[devices]") {
    const auto noon = *parse_rfc3339("2026-11-20T12:00:00Z");
    Device browser{.id = {8, 1}}, machine{.id = {8, 2}, .kind = DeviceKind::workstation};
    identity::Grant grant{.device = {8, 1}, .auth_time = noon, .created_at = noon + 10min};
    const auto standing = [&](std::vector<Device> devices) { return standing_on_devices(grant, Standing{.account = {}, .session = {}, .active_detections = {}, .devices = std::move(devices)}); };
    CHECK(standing({browser}) == OnDevices::holds);
    CHECK(standing({}) == OnDevices::over);
    browser.disabled_at = browser.valid_from = noon - 1h;
    CHECK(standing({browser}) == OnDevices::disabled);
    browser.disabled_at.reset();
    CHECK(standing({browser}) == OnDevices::holds);
    browser.valid_from = noon;
    CHECK(standing({browser}) == OnDevices::over);
    grant.device       = {8, 2};
    machine.valid_from = noon + 5min;  // after the person last signed in where they allowed it, before the machine got its tokens
    browser.valid_from.reset();
    CHECK(standing({machine, browser}) == OnDevices::holds);
    machine.valid_from = noon + 10min;
    CHECK(standing({machine, browser}) == OnDevices::over);
    grant.device = {};
    CHECK(standing({}) == OnDevices::holds);
}

TEST_CASE("CRED-070 a person disables and removes their own devices only, with a fresh proof", "[devices]") {
    DeviceWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto here = world.used(alice), lost = world.used(alice, "phone"), old = world.used(alice, "old"), his = world.used(bob, "his");
    const auto live  = world.session(alice, here);
    const auto phone = world.session(alice, lost), attic = world.session(alice, old);
    OwnDevices devices(world.ports);
    const auto tenant = world.snapshot();
    const auto listed = value_of(devices.list(*tenant, live, world.now));
    REQUIRE(listed.size() == 3);
    CHECK((listed.front().id == here && listed.front().is_this_one && listed.front().is_signed_in && listed.front().country == "NO"));

    CHECK(value_of(devices.disable(*tenant, live, his, world.facts())) == DeviceRefusal::unknown);
    CHECK(value_of(devices.remove(*tenant, live, his, world.facts())) == DeviceRefusal::unknown);
    CHECK_FALSE(value_of(devices.find(*tenant, live, his, world.now)));
    const auto stale = world.session(alice, here, 6min);
    CHECK(value_of(devices.disable(*tenant, stale, lost, world.facts())) == DeviceRefusal::notFresh);
    CHECK(value_of(devices.remove(*tenant, stale, lost, world.facts())) == DeviceRefusal::notFresh);
    CHECK(value_of(world.ports.sessions.session(world.tenant, phone.session.id))->state == identity::SessionState::active);

    CHECK_FALSE(value_of(devices.disable(*tenant, live, lost, world.facts())));
    CHECK(world.mails() == 1);
    CHECK(world.device(lost).is_disabled());
    CHECK(value_of(world.ports.sessions.session(world.tenant, phone.session.id))->state == identity::SessionState::ended);
    CHECK(value_of(devices.remove(*tenant, live, lost, world.facts())) == DeviceRefusal::unknown);
    CHECK_FALSE(value_of(devices.remove(*tenant, live, old, world.facts())));
    CHECK_FALSE(value_of(world.ports.sessions.device(world.tenant, old)));
    CHECK(value_of(world.ports.sessions.session(world.tenant, attic.session.id))->state == identity::SessionState::ended);
    CHECK(value_of(world.ports.sessions.session(world.tenant, live.session.id))->state == identity::SessionState::active);
}

TEST_CASE("CRED-071 CRED-070 the run book disables every device where that is asked, as one act, by whom may", "[devices]") {
    using enum identity::DirectoryRole;
    DeviceWorld world;
    PasswordSetter passwords(world.ports);
    VerifyPassword verify_password(world.ports);
    RespondToCompromise respond(world.ports, passwords, verify_password);
    const auto alice = world.user("alice");
    const auto one = world.used(alice, "one"), two = world.used(alice, "two"), gone = world.used(alice, "gone");
    value_of(DisableDevice(world.ports)(world.admin(), alice, gone, "lost before"));
    CHECK(value_of(respond(world.admin(), alice, {})).disabled_devices == 0);
    CHECK_FALSE(world.device(one).is_disabled());
    world.now += 1h;
    const auto without = world.admin_as({8, 8}, {userAdministrator, authenticationAdministrator});
    CHECK(respond(without, alice, {.disables_devices = true}).error().code == ErrorCode::forbidden);
    CHECK(value_of(respond(world.admin_as({8, 8}, {userAdministrator, authenticationAdministrator, cloudDeviceAdministrator}), alice, {.disables_devices = true})).disabled_devices == 2);
    CHECK((world.device(one).is_disabled() && world.device(two).is_disabled() && world.device(gone).disabled_because == "lost before"));
    const auto story = world.changes_of("RespondToCompromise");
    CHECK((story.find("DeviceDisabled") != std::string::npos && story.find("SessionsRevoked") != std::string::npos && story.find("PasswordSet") != std::string::npos));
}

}  // namespace
}  // namespace portcullis::app
