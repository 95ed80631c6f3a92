#include "core/credentials/guest_code.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;
using identity::FeatureState;
using identity::UserType;

constexpr UserId kGuest{1, 1};
constexpr GroupId kPartners{2, 1};
constexpr Instant kNow{Duration{1'800'000'000'000}};

identity::MethodsPolicy with(FeatureState state, identity::MethodRule email = {}) {
    identity::MethodsPolicy policy;
    policy.guest_codes = state;
    policy.email       = std::move(email);
    return policy;
}

TEST_CASE("CRED-022 who signs in with a mailed code: guests without a password, as far as the policy lets them", "[guests]") {
    struct Row {
        const char* sentence;
        identity::MethodsPolicy policy;
        bool expected;
        UserType type                      = UserType::guest;
        bool has_password                  = false;
        std::optional<Instant> deleted_at  = {};
    };
    const identity::MethodTargets partners{.all_users = false, .users = {}, .groups = {kPartners}};
    const identity::MethodTargets by_name{.all_users = false, .users = {kGuest}, .groups = {}};
    const auto row = GENERATE_COPY(values<Row>({
        {"a guest, unless told otherwise", with(FeatureState::default_), true},
        {"a guest, where it is wanted", with(FeatureState::enabled), true},
        {"nobody, where it is not", with(FeatureState::disabled), false},
        {"no member", with(FeatureState::enabled), false, UserType::member},
        {"no guest with a password", with(FeatureState::enabled), false, UserType::guest, true},
        {"nobody who is deleted", with(FeatureState::enabled), false, UserType::guest, false, kNow},
        {"the switch of recovery addresses is another one", with(FeatureState::default_, {.is_enabled = false}), true},
        {"whom it includes does not matter", with(FeatureState::default_, {.include = {}}), true},
        {"whom it excludes by group is excluded", with(FeatureState::enabled, {.exclude = partners}), false},
        {"whom it excludes by name is excluded", with(FeatureState::default_, {.exclude = by_name}), false},
    }));
    CAPTURE(row.sentence);
    identity::User user{.id = kGuest};
    user.type       = row.type;
    user.deleted_at = row.deleted_at;
    const std::vector<GroupId> groups{kPartners};
    const CompiledMethods policy(row.policy);
    CHECK(signs_in_by_mail({.user = user, .has_password = row.has_password, .groups = groups, .policy = policy}) == row.expected);
}

TEST_CASE("CRED-022 a code lives 30 minutes and what rests on it 24 hours; five wrong ones pause, none locks for good", "[guests]") {
    CHECK(kGuestCodeLives == 30min);
    CHECK(kGuestSessionLives == 24h);
    CHECK(kGuestCodeDigits == 8);
    LockoutState state;
    auto now = kNow;
    for (int i = 0; i < 4; ++i) state = on_failure(state, kGuestCodePause, {.now = now}).state;
    CHECK(std::holds_alternative<Open>(standing(state, kGuestCodePause, now)));
    state = on_failure(state, kGuestCodePause, {.now = now}).state;
    CHECK(standing(state, kGuestCodePause, now) == Standing{Locked{now + 15min}});
    for (int i = 0; i < 500; ++i) {
        now += 6h;
        state = on_failure(state, kGuestCodePause, {.now = now}).state;
    }
    CHECK_FALSE(std::holds_alternative<Disabled>(standing(state, kGuestCodePause, now)));
    CHECK(std::holds_alternative<Open>(standing(state, kGuestCodePause, now + 6h)));
}

}  // namespace
}  // namespace portcullis::credentials
