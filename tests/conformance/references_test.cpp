#include <catch2/catch.hpp>

#include "app/issued_code.h"
#include "app/live_session.h"
#include "tests/support/admin_world.h"

/// References name what they open, and open it by their secret.
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using tests::AdminWorld;
using tests::value_of;

struct Cookies {
    std::string same_site, cross_site;
};

Cookies sign_in(AdminWorld& world, UserId user, SessionId id) {
    const Cookies made{new_reference(world.ports, id), new_reference(world.ports, id)};
    identity::Session session{.id = id, .user = user, .reference_digest = reference_digest(world.ports, made.same_site), .cross_site_reference_digest = reference_digest(world.ports, made.cross_site)};
    session.password_generation = world.account(user).password->generation;
    session.factors             = {{AuthMethod::password, world.now}};
    session.auth_time = session.created_at = session.last_seen_at = world.now;
    session.expires_at = world.now + 24h;
    world.commit({SessionOpened{session}});
    return made;
}

}  // namespace

TEST_CASE("PROTO-180 attack: who knows a session's id, or another's reference, opens no session with it", "[references]") {
    AdminWorld world;
    const auto alice = world.user("alice");
    const auto mine  = sign_in(world, alice, {7, 1});
    const auto other = sign_in(world, world.user("bob"), {7, 2});
    const auto opens = [&](SessionReference kind, std::string_view reference) {
        const auto live = value_of(find_live_session(world.ports, *world.snapshot(), kind, reference, world.now));
        return live ? std::optional(live->account.user.id) : std::nullopt;
    };
    CHECK(opens(SessionReference::same_site, mine.same_site) == alice);
    CHECK(opens(SessionReference::cross_site, mine.cross_site) == alice);
    // Each opens its own kind only.
    CHECK_FALSE(opens(SessionReference::same_site, mine.cross_site));
    CHECK_FALSE(opens(SessionReference::cross_site, mine.same_site));

    const auto id     = to_string(SessionId{7, 1});
    const auto secret = mine.same_site.substr(id.size() + 1);
    CHECK(secret.size() == 43);
    for (const auto& guess : {std::string(), id, id + "_", id + "_" + std::string(43, 'A'), id + other.same_site.substr(id.size()), secret, "_" + secret,
                              to_string(SessionId{7, 2}) + "_" + secret, mine.same_site.substr(0, mine.same_site.size() - 1), mine.same_site + "A", mine.same_site + "_",
                              id + "." + secret, " " + mine.same_site, to_string(SessionId{7, 3}) + "_" + secret, std::string(5000, '_')}) {
        INFO(guess);
        CHECK_FALSE(opens(SessionReference::same_site, guess));
        CHECK_FALSE(opens(SessionReference::cross_site, guess));
    }
    auto elsewhere      = *world.snapshot();
    elsewhere.tenant.id = TenantId{9, 9};
    CHECK_FALSE(value_of(find_live_session(world.ports, elsewhere, SessionReference::same_site, mine.same_site, world.now)));
}

TEST_CASE("PROTO-106 a code's place in the store tells nothing of the code, and every text has one", "[references]") {
    AdminWorld world;
    const auto code = new_reference(world.ports, GrantId{8, 1});
    const auto key  = code_key(world.ports, code);
    CHECK(code.size() == 36 + 1 + 43);
    CHECK(referred_to<GrantId>(code) == GrantId{8, 1});
    CHECK(key == to_string(GrantId{8, 1}) + "." + reference_digest(world.ports, code));
    CHECK(key.find(code.substr(37)) == std::string::npos);
    CHECK(code_key(world.ports, new_reference(world.ports, GrantId{8, 1})) != key);
    for (const auto* text : {"", "_", "x", "0_AAA", "not-a-uuid-but-thirty-six-letters-lo_x"}) {
        CHECK_FALSE(referred_to<GrantId>(text));
        CHECK(code_key(world.ports, text) == "." + reference_digest(world.ports, text));
    }
}

}  // namespace portcullis::app
