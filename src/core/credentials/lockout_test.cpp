#include "core/credentials/lockout.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNoon{Duration{1'800'000'000'000}};

AttemptMark mark(std::uint8_t number) {
    AttemptMark bytes{};
    bytes[0] = number;
    return bytes;
}

/// `count` different wrong passwords in a row at one moment.
LockoutState after(LockoutState state, const LockoutRules& rules, Instant now, int count) {
    for (int i = 0; i < count; ++i) state = on_failure(state, rules, {now, mark(static_cast<std::uint8_t>(i))}).state;
    return state;
}

TEST_CASE("CA-069 the tenth wrong password locks, the ninth does not") {
    const auto nine = after({}, kPasswordLockout, kNoon, 9);
    CHECK(standing(nine, kPasswordLockout, kNoon) == Standing{Open{}});
    const auto ten = on_failure(nine, kPasswordLockout, {kNoon, mark(200)});
    CHECK(ten.effect == FailureEffect::locked);
    CHECK(standing(ten.state, kPasswordLockout, kNoon) == Standing{Locked{kNoon + 60s}});
    CHECK(standing(ten.state, kPasswordLockout, kNoon + 60s - 1ms) == Standing{Locked{kNoon + 60s}});
    CHECK(standing(ten.state, kPasswordLockout, kNoon + 60s) == Standing{Open{}});
}

TEST_CASE("CA-069 the first failure after a lock locks again, longer each time, at most five hours") {
    auto state          = after({}, kPasswordLockout, kNoon, 10);
    auto now            = kNoon;
    std::uint8_t number = 100;
    for (const auto expected : {120s, 240s, 480s, 960s, 1920s, 3840s, 7680s, 15360s, 18000s, 18000s}) {
        now                = state.locked_until;
        const auto counted = on_failure(state, kPasswordLockout, {now, mark(++number)});
        CHECK(counted.effect == FailureEffect::locked);
        CHECK(counted.state.locked_until - now == expected);
        state = counted.state;
    }
}

TEST_CASE("CA-070 one of the last three wrong passwords again neither counts nor extends") {
    auto state = on_failure({}, kPasswordLockout, {kNoon, mark(1)}).state;
    state      = on_failure(state, kPasswordLockout, {kNoon, mark(2)}).state;
    state      = on_failure(state, kPasswordLockout, {kNoon, mark(3)}).state;
    for (const std::uint8_t again : {1, 2, 3}) {
        const auto repeated = on_failure(state, kPasswordLockout, {kNoon, mark(again)});
        CHECK(repeated.effect == FailureEffect::repeated);
        CHECK(repeated.state == state);
    }
    const auto fourth = on_failure(state, kPasswordLockout, {kNoon, mark(4)});
    CHECK(fourth.effect == FailureEffect::counted);
    CHECK(on_failure(fourth.state, kPasswordLockout, {kNoon, mark(1)}).effect == FailureEffect::counted);

    const auto locked = after({}, kPasswordLockout, kNoon, 10);
    CHECK(on_failure(locked, kPasswordLockout, {locked.locked_until, mark(9)}).effect == FailureEffect::repeated);
}

TEST_CASE("a parallel failure during a lock counts but does not make the lock longer") {
    const auto locked  = after({}, kPasswordLockout, kNoon, 10);
    const auto another = on_failure(locked, kPasswordLockout, {kNoon + 1s, mark(77)});
    CHECK(another.effect == FailureEffect::counted);
    CHECK(another.state.locked_until == locked.locked_until);
    CHECK(another.state.locks == 1);
    CHECK(another.state.failures_in_row == 11);
}

TEST_CASE("CRED-066 a hundred failures in a row disable the secret until recovery (NIST SP 800-63B)") {
    LockoutState state;
    auto now = kNoon;
    for (int i = 0; i < 99; ++i) {
        state = on_failure(state, kPasswordLockout, {now, mark(static_cast<std::uint8_t>(i))}).state;
        now   = std::max(now, state.locked_until);
    }
    CHECK(standing(state, kPasswordLockout, now) == Standing{Open{}});
    const auto last = on_failure(state, kPasswordLockout, {now, mark(120)});
    CHECK(last.effect == FailureEffect::disabled);
    CHECK(standing(last.state, kPasswordLockout, now + 24h * 365) == Standing{Disabled{}});
    CHECK(standing(on_success(), kPasswordLockout, now) == Standing{Open{}});
}

TEST_CASE("a success forgets everything") {
    const auto state = on_failure(on_success(), kPasswordLockout, {kNoon, mark(1)}).state;
    CHECK(state.failures == 1);
    CHECK(state.locks == 0);
}

TEST_CASE("locks are up to ten percent shorter or longer, never beyond the maximum") {
    CHECK(lock_duration(kPasswordLockout, 1, -1) == 54s);
    CHECK(lock_duration(kPasswordLockout, 1, 1) == 66s);
    CHECK(lock_duration(kPasswordLockout, 2, 5) == 132s);
    CHECK(lock_duration(kPasswordLockout, 60, 1) == 5h);
    CHECK(lock_duration(kPasswordLockout, 4'000'000'000U, -1) == 5h);
}

TEST_CASE("five wrong codes pause a factor for 15 minutes, then 30, whatever the interaction (PROTO-523)") {
    LockoutState state;
    for (int i = 0; i < 4; ++i) state = on_failure(state, kFactorPause, {kNoon}).state;
    CHECK(standing(state, kFactorPause, kNoon) == Standing{Open{}});
    state = on_failure(state, kFactorPause, {kNoon}).state;
    // A correct code now is refused: whoever asks first looks at the standing, and this is it.
    CHECK(standing(state, kFactorPause, kNoon) == Standing{Locked{kNoon + 15min}});

    const auto later = kNoon + 15min;
    for (int i = 0; i < 4; ++i) state = on_failure(state, kFactorPause, {later}).state;
    CHECK(standing(state, kFactorPause, later) == Standing{Open{}});
    state = on_failure(state, kFactorPause, {later}).state;
    CHECK(standing(state, kFactorPause, later) == Standing{Locked{later + 30min}});
}

TEST_CASE("the same wrong code counts every time for a second factor") {
    auto state = on_failure({}, kFactorPause, {kNoon}).state;
    CHECK(on_failure(state, kFactorPause, {kNoon}).state.failures == 2);
}

TEST_CASE("a threshold below one counts as one") {
    CHECK(on_failure({}, {.threshold = 0}, {kNoon}).effect == FailureEffect::locked);
}

TEST_CASE("a state survives its text") {
    const auto state = GENERATE(LockoutState{}, after({}, kPasswordLockout, kNoon, 1),
                                after({}, kPasswordLockout, kNoon, 2), after({}, kPasswordLockout, kNoon, 25));
    const auto text  = to_text(state);
    CHECK(text.size() <= 160);
    REQUIRE(parse_lockout(text));
    CHECK(*parse_lockout(text) == state);
}

TEST_CASE("a text that was not written by us is no state") {
    const auto* bad = GENERATE(
        "", "1", "2;0;0;0;0;", "1;0;0;0;0", "1;-1;0;0;0;", "1;0;0;0;0;AA", "1;0;0;0;x;", "1;0;0;0;0;;",
        "1;0;0;0;0;AAAAAAAAAAAAAAAAAAAAAA,AAAAAAAAAAAAAAAAAAAAAA,AAAAAAAAAAAAAAAAAAAAAA,AAAAAAAAAAAAAAAAAAAAAA",
        "1;99999999999;0;0;0;", " 1;0;0;0;0;");
    CAPTURE(bad);
    CHECK_FALSE(parse_lockout(bad));
}

TEST_CASE("a mark is the first 128 bits of a keyed hash") {
    CHECK_FALSE(mark_of("short"));
    CHECK(mark_of(std::string(16, 'a') + "b") == mark_of(std::string(32, 'a')));
}

}  // namespace
}  // namespace portcullis::credentials
