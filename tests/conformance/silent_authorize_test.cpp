#include <catch2/catch.hpp>

#include "app/authorize.h"
#include "app/population.h"
#include "tests/support/admin_world.h"

using namespace portcullis;
using tests::AdminWorld;
using namespace std::chrono_literals;

namespace {

/// Whatever is committed, the store answers this.
class Refusing : public app::Journal {
public:
    Result<void> commit(const app::Act&) override { return Error{answer, "the store says no"}; }
    ErrorCode answer = ErrorCode::conflict;
};

std::string text_of(const app::ClientAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.parameters) {
        if (key == name) return value;
    }
    return {};
}

const std::string kReference = to_string(SessionId{7, 1}) + "_forty-three characters that nobody can guess";
constexpr ApplicationId kWeb{4, 1};

void sign_in(AdminWorld& world, UserId user) {
    identity::Session session{.id = SessionId{7, 1}, .user = user, .reference_digest = app::reference_digest(world.ports, kReference), .cross_site_reference_digest = "x"};
    session.password_generation = world.account(user).password->generation;
    session.factors             = {{AuthMethod::password, world.now}};
    session.auth_time = session.created_at = session.last_seen_at = world.now;
    session.expires_at = world.now + 24h;
    world.commit({app::SessionOpened{session}});
}

std::string request(std::string_view more) {
    return "client_id=" + to_string(kWeb) + "&response_type=code&redirect_uri=https%3A%2F%2Fweb.example%2Fcb&scope=openid&state=s1" +
           "&code_challenge=" + std::string(43, 'a') + "&code_challenge_method=S256" + std::string(more);
}

}  // namespace

TEST_CASE("prompt=none is answered to the application when the store conflicts or is gone, never by a page (PROTO-108)") {
    AdminWorld world;
    const auto alice = world.user("alice");
    world.commit({app::ApplicationSaved{{.id            = kWeb,
                                         .display_name  = "Web",
                                         .redirect_uris = {"https://web.example/cb"},
                                         .grants        = {identity::GrantType::authorization_code}}}});
    world.now += 1h;
    sign_in(world, alice);
    world.now += 1min;

    Refusing refusing;
    auto ports = world.ports_with(refusing);
    app::Population population(ports.profiles, ports.journal, ports.random);
    app::SignIn signs_in(ports, population);
    app::Authorize authorize(ports, signs_in, "https://login.example");
    const app::RequestFacts facts{.now = world.now, .request = {5, 5}, .correlation = {6, 6}, .address = *parse_ip("192.0.2.7")};
    const auto begin = [&](std::string_view more) {
        return authorize.begin(*world.snapshot(), request(more), {.session = std::string(kReference), .cross_site = {}, .browser_secret = {}}, facts);
    };

    for (const auto code : {ErrorCode::conflict, ErrorCode::unavailable, ErrorCode::tooManyRequests}) {
        refusing.answer    = code;
        const auto outcome = begin("&prompt=none");
        REQUIRE(outcome);
        const auto* answer = std::get_if<app::ClientAnswer>(&*outcome);
        REQUIRE(answer);
        CHECK(answer->redirect_uri == "https://web.example/cb");
        CHECK(text_of(*answer, "error") == "temporarily_unavailable");
        CHECK(text_of(*answer, "state") == "s1");
        CHECK(text_of(*answer, "code").empty());
        CHECK(answer->failure == "the store says no");
    }
    refusing.answer = ErrorCode::forbidden;  // the session ended meanwhile
    const auto over = begin("&prompt=none");
    REQUIRE(over);
    CHECK(text_of(std::get<app::ClientAnswer>(*over), "error") == "login_required");

    refusing.answer = ErrorCode::unavailable;
    CHECK(begin("").error().code == ErrorCode::unavailable);  // a person sees a page that says so
}
