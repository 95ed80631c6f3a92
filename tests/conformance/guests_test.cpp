#include <catch2/catch.hpp>

#include "app/admin/invite_guest.h"
#include "app/admin/reset_mfa.h"
#include "app/guest_codes.h"
#include "app/own_methods.h"
#include "tests/support/admin_world.h"

/// Guests, below the pages.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::value_of;

class GuestWorld : public tests::AdminWorld {
public:
    GuestCodes codes{ports};

    identity::User invite(std::string mail, std::string upn = {}) {
        return value_of(InviteGuest(ports)(admin(), {.mail = std::move(mail), .user_principal_name = std::move(upn)}));
    }
    [[nodiscard]] ErrorCode refused(Invitation wanted, const Admin& by) {
        const auto done = InviteGuest(ports)(by, wanted);
        REQUIRE_FALSE(done);
        return done.error().code;
    }
    [[nodiscard]] RequestFacts from(std::string_view address) const {
        return {.now = now, .request = {7, 7}, .correlation = {8, 8}, .address = *parse_ip(address), .user_agent = "Mozilla/5.0"};
    }
    [[nodiscard]] GuestAttempt attempt(std::string_view name, FlowId flow) const { return {.name = name, .flow = flow, .flow_ends_at = now + 1h}; }
    std::optional<std::string> stored(UserId user, FlowId flow) {
        const auto entry = value_of(ports.flows.find(tenant, FlowKind::guestCode, to_string(user) + "|" + to_string(flow), now));
        return entry ? std::optional(entry->value) : std::nullopt;
    }
    /// A guest as another directory would bring them: with a mail address, and no way to prove it.
    UserId stranger(std::string upn, std::string mail) {
        identity::User user{.id = ports.random.new_id<UserId>(now), .user_principal_name = upn};
        user.mail       = std::move(mail);
        user.type       = identity::UserType::guest;
        user.created_at = now;
        commit({UserCreated{user, upn}});
        return user.id;
    }
};

TEST_CASE("CRED-022 only who may manage users invites, and no address or name twice") {
    GuestWorld world;
    const auto root = world.user("root");
    const auto bob  = world.invite("Bob@Partner.example");
    CHECK(bob.user_principal_name == "Bob@partner.example");
    const auto account = world.account(bob.id);
    CHECK(account.user.type == identity::UserType::guest);
    CHECK_FALSE(account.password);
    REQUIRE(account.methods.size() == 1);
    CHECK(account.methods[0].kind == AuthMethod::email);
    CHECK(signs_in_by_mail(*world.snapshot(), account));

    const auto helpdesk = world.admin_as(root, {identity::DirectoryRole::helpdeskAdministrator});
    CHECK(world.refused({.mail = "eve@partner.example"}, helpdesk) == ErrorCode::forbidden);
    CHECK(world.refused({.mail = "bob@PARTNER.example"}, world.admin()) == ErrorCode::conflict);
    CHECK(world.refused({.mail = "bob@partner.example", .user_principal_name = "bob2@contoso.example"}, world.admin()) == ErrorCode::conflict);
    CHECK(world.refused({.mail = "eve@partner.example", .user_principal_name = "root@contoso.example"}, world.admin()) == ErrorCode::conflict);
    CHECK(world.refused({.mail = "eve@contoso.example"}, world.admin()) == ErrorCode::invalidRequest);
    CHECK(world.refused({.mail = "eve@partner.example, x@evil.example"}, world.admin()) == ErrorCode::invalidRequest);
    CHECK(world.refused({.mail = "eve@partner.example", .user_principal_name = "eve@partner.example"}, world.admin()) == ErrorCode::invalidRequest);
    CHECK(world.refused({.mail = "eve@partner.example", .display_name = "\xff"}, world.admin()) == ErrorCode::invalidRequest);
}

TEST_CASE("CRED-022 a guest is found by address in any case; of two with one address neither is, nor is a member or whoever is deleted") {
    GuestWorld world;
    auto& directory = world.ports.directory;
    CHECK_FALSE(value_of(directory.has_guests(world.tenant)));
    world.user("alice");  // a member, whose mail is the user principal name
    CHECK_FALSE(value_of(directory.guest_with_mail(world.tenant, "alice@contoso.example")));
    const auto bob = world.invite("Bob@partner.example", "visitor@contoso.example");
    CHECK(value_of(directory.has_guests(world.tenant)));
    CHECK_FALSE(value_of(directory.has_guests(TenantId{5, 5})));
    REQUIRE(value_of(directory.guest_with_mail(world.tenant, "bob@partner.example")));
    CHECK(value_of(directory.guest_with_mail(world.tenant, "bob@partner.example"))->user.id == bob.id);
    CHECK_FALSE(value_of(directory.guest_with_mail(TenantId{5, 5}, "bob@partner.example")));
    const auto twin = world.stranger("twin@elsewhere.example", "BOB@partner.example");
    CHECK_FALSE(value_of(directory.guest_with_mail(world.tenant, "bob@partner.example")));
    world.commit({UserDeleted{twin}});
    CHECK(value_of(directory.guest_with_mail(world.tenant, "bob@partner.example")));
    world.commit({UserDeleted{bob.id}});
    CHECK_FALSE(value_of(directory.guest_with_mail(world.tenant, "bob@partner.example")));
    CHECK_FALSE(value_of(directory.has_guests(world.tenant)));
}

TEST_CASE("attack: a guest whom nobody vouched an address for gets no code at the one of their profile (CRED-003, CRED-022)") {
    GuestWorld world;
    const auto eve = world.stranger("eve@elsewhere.example", "eve@elsewhere.example");
    REQUIRE(world.codes.send(*world.snapshot(), world.attempt("eve@elsewhere.example", {1, 1}), world.from("198.51.100.1")));
    CHECK_FALSE(world.stored(eve, {1, 1}));
    // Nor does a name that is no address find a guest without one.
    const auto blank = world.stranger("blank@elsewhere.example", "");
    REQUIRE(world.codes.send(*world.snapshot(), world.attempt("what is this", {1, 1}), world.from("198.51.100.1")));
    CHECK_FALSE(world.stored(blank, {1, 1}));
}

TEST_CASE("attack: whoever asked for no code locks no guest out, and the store holds no code that could be read (CRED-022)") {
    GuestWorld world;
    const auto bob = world.invite("bob@partner.example");
    const FlowId own{1, 1}, strangers{1, 2};
    REQUIRE(world.codes.send(*world.snapshot(), world.attempt("bob@partner.example", own), world.from("198.51.100.1")));
    const auto before = world.stored(bob.id, own);
    REQUIRE(before);
    CHECK(before->size() > 40);  // a keyed digest, not eight digits
    for (int i = 0; i < 30; ++i) {
        const auto outcome = value_of(world.codes.verify(*world.snapshot(), world.attempt("bob@partner.example", strangers), "12345678", world.from("198.51.100.2")));
        CHECK(std::holds_alternative<GuestRefused>(outcome));
    }
    CHECK(world.stored(bob.id, own) == before);
    // The one who has a code to guess is counted, and after five the code is void.
    for (int i = 0; i < 5; ++i) {
        CHECK(world.stored(bob.id, own) == before);
        value_of(world.codes.verify(*world.snapshot(), world.attempt("bob@partner.example", own), fmt::format("{:08}", i), world.from("198.51.100.1")));
    }
    CHECK_FALSE(world.stored(bob.id, own));
}

TEST_CASE("attack: the address codes go to is neither removed by its bearer nor by a demand to register again (CRED-022)") {
    GuestWorld world;
    const auto bob = world.invite("bob@partner.example");
    Registrant who{.ceremony = "s", .account = world.account(bob.id), .sign_in = {}, .session = {}, .factors = {}, .first_factor_at = world.now, .mfa_at = {}};
    who.factors = {{AuthMethod::email, world.now}, {AuthMethod::passkeySynced, world.now}};
    const auto method = who.account.methods.at(0).id;
    CHECK(value_of(OwnMethods(world.ports).remove(*world.snapshot(), who, method, world.from("198.51.100.1"))) == MethodRefusal::lastOne);
    world.commit({MethodRegistered{{.id = MethodId{3, 3}, .user = bob.id, .kind = AuthMethod::softwareOath, .display_name = "App", .sealed_secret = "s", .created_at = world.now}}});
    REQUIRE(ResetMfa(world.ports)(world.admin(), bob.id));
    const auto left = world.account(bob.id).methods;
    REQUIRE(left.size() == 1);
    CHECK(left[0].id == method);
}

}  // namespace
}  // namespace portcullis::app
