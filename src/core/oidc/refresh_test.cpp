#include "core/oidc/refresh.h"

#include <catch2/catch.hpp>

#include "base/overloaded.h"

namespace portcullis::oidc {
namespace {

using namespace std::chrono_literals;
using identity::ApplicationKind;
using identity::RefreshTokenState;

constexpr Instant kNow{Duration{1'800'000'000'000}};

std::string shown(const RefreshDecision& decision) {
    return std::visit(
        overloaded{
            [](const Rotate&) { return std::string("rotate"); },
            [](const SameSuccessor& same) { return "same " + same.sealed_successor; },
            [](const Reused& reused) { return "reused " + std::to_string(number_of(reused.refusal.code)); },
            [](const Refusal& refusal) { return "refused " + std::to_string(number_of(refusal.code)); },
        },
        decision);
}

struct Row {
    std::string_view what;
    RefreshTokenState state;
    std::optional<Duration> used_ago;
    Duration idle_left, family_left;
    Duration grace;
    std::string_view outcome;
};

TEST_CASE("refresh tokens rotate; a used one is a retry within the grace and a theft after it (PROTO-123, PROTO-124)") {
    constexpr auto current = RefreshTokenState::current, used = RefreshTokenState::used;
    const auto row = GENERATE_COPY(values<Row>({
        {"the head of the family", current, std::nullopt, 1h, 1h, 10s, "rotate"},
        {"used just now", used, 0ms, 1h, 1h, 10s, "same next"},
        {"used exactly the grace ago", used, 10s, 1h, 1h, 10s, "same next"},
        {"used a moment longer ago", used, 10s + 1ms, 1h, 1h, 10s, "reused 70000"},
        {"no grace, at once", used, 1ms, 1h, 1h, 0s, "reused 70000"},
        {"used and idle-expired", used, 1h, -1ms, 1h, 10s, "reused 70000"},
        {"used a moment later, by a parallel request that was faster", used, -1ms, 1h, 1h, 10s, "same next"},
        {"used in the future, within the grace", used, -10s, 1h, 1h, 10s, "same next"},
        {"used in the future, beyond it", used, -10s - 1ms, 1h, 1h, 10s, "reused 70000"},
        {"no grace, used a moment later", used, -1ms, 1h, 1h, 0s, "reused 70000"},
        {"idle to the second (PROTO-125)", current, std::nullopt, 0ms, 1h, 10s, "refused 700082"},
        {"the family is too old (PROTO-125)", current, std::nullopt, 1h, 0ms, 10s, "refused 70008"},
        {"a retry in a family that is too old", used, 1s, 1h, 0ms, 10s, "refused 70008"},
    }));
    CAPTURE(row.what);
    identity::RefreshToken token{.state = row.state, .expires_at = kNow + row.idle_left, .sealed_successor = "next"};
    if (row.used_ago) token.used_at = kNow - *row.used_ago;
    const identity::Grant grant{.client = {0, 1}, .expires_at = kNow + row.family_left};
    const identity::Application client{.id = {0, 1}};
    CHECK(shown(decide_refresh({&token, &grant, client, kNow, row.grace})) == row.outcome);
}

TEST_CASE(
    "refresh tokens of others, of revoked families and unknown ones are refused (PROTO-124, PROTO-125, PROTO-224)") {
    const identity::RefreshToken token{.expires_at = kNow + 1h};
    const identity::Grant grant{.client = {0, 1}, .expires_at = kNow + 1h};
    auto revoked  = grant;
    revoked.state = identity::GrantState::revoked;
    auto used     = token;
    used.state    = RefreshTokenState::used;
    used.used_at  = kNow - 1h;
    const identity::Application client{.id = {0, 1}}, other{.id = {0, 2}},
        spa{.id = {0, 1}, .kind = ApplicationKind::spa};
    CHECK(shown(decide_refresh({nullptr, &grant, client, kNow})) == "refused 70000");
    CHECK(shown(decide_refresh({&token, nullptr, client, kNow})) == "refused 70000");
    CHECK(shown(decide_refresh({&token, &grant, other, kNow})) == "refused 70000");
    CHECK(shown(decide_refresh({&used, &grant, other, kNow})) == "refused 70000");
    CHECK(shown(decide_refresh({&token, &revoked, client, kNow})) == "refused 50173");
    auto old       = grant;
    old.expires_at = kNow;
    CHECK(shown(decide_refresh({&token, &old, spa, kNow})) == "refused 700084");
    const auto refusal = std::get<Refusal>(decide_refresh({&token, &revoked, client, kNow}));
    CHECK(refusal.error == OAuthError::invalid_grant);
    CHECK(refusal.suberror == Suberror::bad_token);
}

TEST_CASE("who gets refresh tokens, and for how long (PROTO-123)") {
    struct Row {
        std::string_view what;
        ApplicationKind kind;
        std::vector<identity::GrantType> grants;
        std::vector<std::string> scopes;
        std::optional<Duration> idle, absolute;
    };
    const std::vector listed{identity::GrantType::refresh_token};
    const auto row = GENERATE_COPY(values<Row>({
        {"web with offline_access", ApplicationKind::web, listed, {"openid", "offline_access"}, 720h, 2160h},
        {"web without", ApplicationKind::web, listed, {"openid"}, {}, {}},
        {"native with offline_access", ApplicationKind::native, listed, {"offline_access"}, 720h, 2160h},
        {"a single-page application", ApplicationKind::spa, listed, {"openid"}, 24h, 24h},
        {"the grant is not on the list", ApplicationKind::web, {}, {"offline_access"}, {}, {}},
        {"nor on this one", ApplicationKind::spa, {}, {"offline_access"}, {}, {}},
    }));
    CAPTURE(row.what);
    const auto life = refresh_life({.kind = row.kind, .grants = row.grants}, {.open_id = row.scopes}, {});
    CHECK((life ? std::optional(life->idle) : std::nullopt) == row.idle);
    CHECK((life ? std::optional(life->absolute) : std::nullopt) == row.absolute);
}

}  // namespace
}  // namespace portcullis::oidc
