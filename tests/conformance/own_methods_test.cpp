#include <catch2/catch.hpp>

#include "app/add_totp.h"
#include "app/own_methods.h"
#include "app/verify_passkey.h"
#include "core/policy/policy.h"
#include "tests/support/admin_world.h"

/// What people do with their own methods, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::value_of;

class OwnWorld : public tests::AdminWorld {
public:
    [[nodiscard]] RequestFacts facts() const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip("192.0.2.7"), .user_agent = "Mozilla/5.0"};
    }
    /// A session of password and MFA, both given `ago`.
    Registrant who(UserId user, Duration ago = 0s, AuthMethod second = AuthMethod::softwareOath) {
        LiveSession live{.session = {.id = {3, 1}, .user = user, .auth_time = now - ago}, .account = account(user)};
        live.session.factors  = {{AuthMethod::password, now - ago}, {second, now - ago}};
        live.session.mfa_time = now - ago;
        return registrant_of(live);
    }
    MethodId app_of(UserId user, const std::string& name = "Phone") {
        const MethodId id = ports.random.new_id<MethodId>(now);
        identity::AuthenticationMethod method{.id = id, .user = user, .kind = AuthMethod::softwareOath, .display_name = name, .created_at = now};
        method.sealed_secret = value_of(ports.sealer.seal(Secret(std::string(20, 's')), seed_context(tenant, to_string(id))));
        commit({MethodRegistered{method}});
        return id;
    }
    MethodId passkey_of(UserId user) {
        const MethodId id = ports.random.new_id<MethodId>(now);
        identity::AuthenticationMethod method{.id = id, .user = user, .kind = AuthMethod::passkeySynced, .display_name = "Key", .created_at = now};
        method.passkey = identity::Passkey{.credential_id = "credential of " + to_string(id), .public_key = "k", .user_handle = "h", .is_backup_eligible = true};
        commit({MethodRegistered{method}});
        return id;
    }
    void settings(const std::function<void(identity::TenantSettings&)>& change) {
        auto now_so = snapshot()->tenant.settings;
        change(now_so);
        commit({TenantChanged{now_so}});
    }
    std::optional<MethodRefusal> remove(const Registrant& registrant, MethodId method) {
        return value_of(OwnMethods(ports).remove(*snapshot(), registrant, method, facts()));
    }
    /// The last act of this name, as the audit log tells it.
    std::string changes_of(std::string_view act) {
        for (const auto& record : audit()) {
            if (record.name == act) return record.changes;
        }
        return {};
    }
};

TEST_CASE("PROTO-505 the last method stays while a policy needs one, and whose policies need none may go without", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto only  = world.app_of(alice);
    CHECK(needs_a_method(*world.snapshot(), world.account(alice)));
    CHECK(world.remove(world.who(alice), only) == MethodRefusal::lastOne);

    SECTION("another one stays") {
        world.passkey_of(alice);
        CHECK_FALSE(world.remove(world.who(alice), only));
        CHECK(world.account(alice).methods.size() == 1);
        const auto changes = world.changes_of("RemoveMethod");
        CHECK(changes.find("MethodRemoved") != std::string::npos);
        CHECK(changes.find("MessageQueued") != std::string::npos);  // CRED-088
    }
    SECTION("one that the tenant does not accept does not count") {
        world.passkey_of(alice);
        world.settings([](auto& s) { s.passkeys.is_enabled = false; });
        CHECK(world.remove(world.who(alice), only) == MethodRefusal::lastOne);
    }
    SECTION("no policy asks") {
        world.settings([](auto& s) { s.registration.is_enabled = false; });
        CHECK_FALSE(needs_a_method(*world.snapshot(), world.account(alice)));
        CHECK_FALSE(world.remove(world.who(alice), only));
        CHECK(world.account(alice).methods.empty());
    }
    SECTION("a policy for somebody else, and a disabled one, ask nothing; one that looks at risk does") {
        world.settings([](auto& s) { s.registration.is_enabled = false; });
        const auto bob = world.user("bob");
        policy::Policy policy{.id = PolicyId{5, 1}, .display_name = "MFA when risky", .state = policy::PolicyState::enabled};
        policy.conditions.applications.include         = policy::Scope::all;
        policy.conditions.users.include_users           = {bob};
        policy.conditions.sign_in_risk_levels           = {RiskLevel::high};
        policy.grant_controls                           = policy::GrantControls{.controls = {policy::GrantControl::mfa}};
        world.commit({PolicySaved{policy}});
        CHECK_FALSE(needs_a_method(*world.snapshot(), world.account(alice)));
        CHECK(needs_a_method(*world.snapshot(), world.account(bob)));
    }
}

TEST_CASE("PROTO-505 what is removed does not vouch for its own removal", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto app = world.app_of(alice), key = world.passkey_of(alice);
    auto by_key    = world.who(alice, 0s, AuthMethod::passkeySynced);
    by_key.factors = {{AuthMethod::passkeySynced, world.now}};
    CHECK(world.remove(by_key, key) == MethodRefusal::provenByItself);
    by_key.factors.push_back({AuthMethod::password, world.now - 6min});  // too long ago to vouch
    CHECK(world.remove(by_key, key) == MethodRefusal::provenByItself);
    CHECK_FALSE(world.remove(by_key, app));
}

TEST_CASE("PROTO-505 of two passkeys each vouches for the other, and neither for itself", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto first = world.passkey_of(alice), second = world.passkey_of(alice);
    auto by_first    = world.who(alice);
    by_first.factors = {{AuthMethod::passkeySynced, world.now, first}};
    CHECK(world.remove(by_first, first) == MethodRefusal::provenByItself);
    by_first.factors[0].at = world.now - 6min;
    CHECK(world.remove(by_first, second) == MethodRefusal::provenByItself);
    by_first.factors[0].at = world.now;
    CHECK_FALSE(world.remove(by_first, second));
}

TEST_CASE("CRED-027 a stale session changes nothing, and neither does one at risk", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto app   = world.app_of(alice);
    world.passkey_of(alice);
    OwnMethods methods(world.ports);
    const auto all = [&](const Registrant& who) {
        const auto& tenant = *world.snapshot();
        return std::vector{value_of(methods.remove(tenant, who, app, world.facts())), value_of(methods.rename(tenant, who, app, "New", world.facts())),
                           value_of(methods.make_default(tenant, who, app, world.facts()))};
    };
    using Refused = std::optional<MethodRefusal>;
    CHECK(all(world.who(alice, 5min + 1ms)) == std::vector<Refused>(3, MethodRefusal::notFresh));
    const auto begun = value_of(AddTotp(world.ports).begin(*world.snapshot(), world.who(alice, 5min + 1ms), world.facts()));
    CHECK(std::get<MethodRefusal>(begun) == MethodRefusal::notFresh);
    world.sign_in(alice, RiskLevel::medium);
    CHECK(all(world.who(alice)) == std::vector<Refused>(3, MethodRefusal::atRisk));  // CRED-012
    CHECK(world.account(alice).methods.size() == 2);
    const auto after = world.account(alice);
    CHECK(std::ranges::any_of(after.methods, [&](const auto& m) { return m.id == app && m.display_name == "Phone"; }));
}

TEST_CASE("CRED-003 nobody touches another person's methods", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice"), bob = world.user("bob");
    const auto hers = world.app_of(alice);
    world.app_of(bob);
    OwnMethods methods(world.ports);
    const auto who = world.who(bob);
    CHECK(world.remove(who, hers) == MethodRefusal::unknown);
    CHECK(value_of(methods.rename(*world.snapshot(), who, hers, "Mine", world.facts())) == MethodRefusal::unknown);
    CHECK(value_of(methods.make_default(*world.snapshot(), who, hers, world.facts())) == MethodRefusal::unknown);
}

TEST_CASE("CRED-015 passkeys come first, unless the person's default is the code or the tenant takes none", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto asked = [&] { return second_factors(*world.snapshot(), world.account(alice), world.now); };
    using enum SecondFactor;
    CHECK(asked().empty());
    const auto app = world.app_of(alice);
    CHECK(asked() == std::vector{code});
    const auto key = world.passkey_of(alice);
    CHECK(asked() == std::vector{passkey, code});
    OwnMethods methods(world.ports);
    CHECK_FALSE(value_of(methods.make_default(*world.snapshot(), world.who(alice), app, world.facts())));
    CHECK(asked() == std::vector{code, passkey});
    CHECK(world.changes_of("SetDefaultMethod").find("MessageQueued") != std::string::npos);
    CHECK_FALSE(value_of(methods.make_default(*world.snapshot(), world.who(alice), key, world.facts())));
    CHECK(asked() == std::vector{passkey, code});
    const auto methods_now = world.account(alice).methods;
    CHECK(std::ranges::count_if(methods_now, &identity::AuthenticationMethod::is_default) == 1);
    world.settings([](auto& s) { s.passkeys.is_enabled = false; });
    CHECK(asked() == std::vector{code});
}

TEST_CASE("a method's name is cut, cleaned and kept; an empty one is not taken", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    const auto app   = world.app_of(alice);
    OwnMethods methods(world.ports);
    const auto rename = [&](std::string_view name) { return value_of(methods.rename(*world.snapshot(), world.who(alice), app, name, world.facts())); };
    CHECK_FALSE(rename("  Work\n phone \x7f"));
    CHECK(world.account(alice).methods[0].display_name == "Work phone");
    CHECK_FALSE(rename(std::string(63, 'a') + "\xC3\xBC"));
    CHECK(world.account(alice).methods[0].display_name == std::string(63, 'a'));
    for (const auto* nothing : {"", "   ", "\x01\x02", "\xe2\x80\x8b\xe2\x81\xa0", "\xef\xbb\xbf", "\xc2\xad \xc2\x85"}) CHECK(rename(nothing) == MethodRefusal::nameMissing);
}

TEST_CASE("PROTO-525 a seed is shown until its code is given, once, and nothing is stored before", "[own-methods]") {
    OwnWorld world;
    const auto alice = world.user("alice");
    AddTotp add(world.ports);
    const auto who   = world.who(alice);
    const auto seed  = std::get<Secret>(value_of(add.begin(*world.snapshot(), who, world.facts())));
    const auto again = std::get<Secret>(value_of(add.begin(*world.snapshot(), who, world.facts())));
    CHECK(seed.reveal() == again.reveal());
    const credentials::TotpHmac hmac = [&](auto, std::string_view key, std::string_view message) { return world.ports.digests.hmac_sha1(key, message); };
    const auto code = credentials::totp_code({}, seed, credentials::totp_step({}, world.now), hmac);
    const auto wrong = code == "000000" ? "000001" : "000000";
    CHECK(value_of(add.finish(*world.snapshot(), who, wrong, "Phone", world.facts())) == MethodRefusal::codeWrong);
    CHECK(world.account(alice).methods.empty());
    CHECK_FALSE(value_of(add.finish(*world.snapshot(), who, code, "Phone", world.facts())));
    CHECK(value_of(add.finish(*world.snapshot(), world.who(alice), code, "Phone", world.facts())) == MethodRefusal::over);
    const auto stored = world.account(alice).methods;
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].display_name == "Phone");
    CHECK(stored[0].last_used_step == credentials::totp_step({}, world.now));
    CHECK(world.changes_of("AddTotp").find("MessageQueued") != std::string::npos);
    // CRED-006: five are the most.
    for (int i = 1; i < 5; ++i) world.app_of(alice);
    CHECK(std::get<MethodRefusal>(value_of(add.begin(*world.snapshot(), world.who(alice), world.facts()))) == MethodRefusal::tooMany);
}

}  // namespace
}  // namespace portcullis::app
