#include "app/admin/client_keys.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/admin_world.h"

namespace portcullis::app {
namespace {

using identity::ApplicationKind;
using identity::ClientAuthMethod;
using tests::AdminWorld;
using tests::value_of;

constexpr std::string_view kJwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kNamedJwk =
    R"( {"kid":"mine","kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr std::string_view kPrivateJwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"AQ"})";

ApplicationId made(AdminWorld& world, ApplicationKind kind) {
    NewApplication wanted{.display_name = "App", .kind = kind, .keys = {}, .api = {}};
    if (kind != ApplicationKind::service) wanted.redirect_uris = {"https://a.example/cb"};
    return value_of(CreateApplication(world.ports)(world.admin(), wanted)).application.id;
}

std::string outcome(const Result<identity::Application>& done) { return done ? "" : done.error().message; }

TEST_CASE("a key is registered by its public part, once (PROTO-022)") {
    AdminWorld world;
    const auto id = made(world, ApplicationKind::service);
    AddClientKey add(world.ports);
    const auto changed = add(world.admin(), id, kJwk);
    REQUIRE(changed);
    REQUIRE(changed->keys.size() == 1);
    CHECK(changed->keys[0].algs == std::vector<std::string>{"ES256"});
    CHECK(changed->keys[0].kid.size() == 43);
    CHECK(changed->keys[0].expires_at == world.now + kBareKeyLife);
    CHECK(outcome(add(world.admin(), id, kJwk)) == "this key is registered already");
    CHECK(outcome(add(world.admin(), id, kNamedJwk)) == "");
    CHECK(outcome(add(world.admin(), id, kPrivateJwk)) == "key has the private member `d`");
    CHECK(outcome(add(world.admin(), id, "no certificate")) == "this is not a certificate");
    CHECK(outcome(add(world.admin(), made(world, ApplicationKind::spa), kJwk)) == "a public client has nothing to authenticate itself with");
    CHECK(add(world.admin_as({1, 9}, {}), id, kJwk).error().code == ErrorCode::forbidden);
    CHECK(world.snapshot()->application(id)->keys.size() == 2);
    CHECK(std::ranges::any_of(world.audit(), [](const AuditRecord& act) { return act.name == "AddClientKey"; }));
}

TEST_CASE("keys are bounded, and those whose time is over make room") {
    AdminWorld world;
    const auto id = made(world, ApplicationKind::service);
    AddClientKey add(world.ports);
    const auto numbered = [](int n) { return R"({"kid":")" + std::to_string(n) + R"(",)" + std::string(kJwk.substr(1)); };
    for (int n = 0; n < 20; ++n) REQUIRE(add(world.admin(), id, numbered(n)));
    CHECK(outcome(add(world.admin(), id, numbered(20))) == "an application has at most 20 keys");
    world.now += kBareKeyLife;
    CHECK(value_of(add(world.admin(), id, numbered(20))).keys.size() == 1);
}

TEST_CASE("how a client authenticates can be changed to what it has a credential for (PROTO-022)") {
    AdminWorld world;
    const auto id = made(world, ApplicationKind::web);
    ChangeClientAuthentication change(world.ports);
    const auto to = [&](ClientAuthMethod method) { return change(world.admin(), id, {.method = method, .is_pinned_to_issuer = {}}); };
    CHECK(outcome(to(ClientAuthMethod::private_key_jwt)) == "the application has no credential for this method: add one first");
    CHECK(outcome(to(ClientAuthMethod::none)) == "the application has no credential for this method: add one first");
    REQUIRE(AddClientKey(world.ports)(world.admin(), id, kJwk));
    CHECK(value_of(to(ClientAuthMethod::private_key_jwt)).auth_method == ClientAuthMethod::private_key_jwt);
    CHECK(value_of(change(world.admin(), id, {.method = {}, .is_pinned_to_issuer = true})).is_pinned_to_issuer);

    const auto stored = *world.snapshot()->application(id);
    RemoveClientCredential remove(world.ports);
    CHECK(value_of(remove(world.admin(), id, to_string(stored.keys[0].id))).keys.empty());
    CHECK(value_of(remove(world.admin(), id, to_string(stored.secrets[0].id))).secrets.empty());
    CHECK(remove(world.admin(), id, to_string(stored.keys[0].id)).error().code == ErrorCode::notFound);
    CHECK(remove(world.admin(), id, "").error().code == ErrorCode::notFound);
}

TEST_CASE("an application that comes with a key gets no secret (PROTO-226)") {
    AdminWorld world;
    NewApplication wanted{.display_name = "Daemon", .kind = ApplicationKind::service, .auth_method = ClientAuthMethod::private_key_jwt, .keys = {}, .api = {}};
    CHECK_FALSE(CreateApplication(world.ports)(world.admin(), wanted));
    wanted.keys        = {value_of(read_client_key(world.ports, kJwk, world.now))};
    const auto created = value_of(CreateApplication(world.ports)(world.admin(), wanted));
    CHECK_FALSE(created.client_secret);
    CHECK(created.application.secrets.empty());
    wanted.kind = ApplicationKind::native;
    CHECK_FALSE(CreateApplication(world.ports)(world.admin(), wanted));
}

}  // namespace
}  // namespace portcullis::app
