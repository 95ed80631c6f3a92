#include "core/credentials/guess_watch.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;

const Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 6 / 2}};

/// Source 1, network 1, operator 1; the password as given.
GuessAttempt attempt(std::uint64_t account, Instant now, std::uint64_t password, std::uint64_t address = 1, std::uint64_t network = 1) {
    return {.keys = {address, network, 1, password}, .account = account, .now = now};
}

TEST_CASE("an address that fails at twenty accounts in ten minutes is stopped until the window empties (PROTO-806)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 19; ++i) watch.failed(attempt(i, kStart + i * 1s, 100 + i));
    CHECK_FALSE(watch.stops(attempt(99, kStart + 20s, 999)));
    watch.failed(attempt(19, kStart + 19s, 200));

    const auto stop = watch.stops(attempt(99, kStart + 20s, 999));
    REQUIRE(stop);
    CHECK(stop->source == GuessSource::address);
    CHECK(stop->over_at == kStart + 10min);
    CHECK_FALSE(watch.stops(attempt(99, kStart + 20s, 999, 2, 2)));  // another network goes on
    CHECK(watch.stops(attempt(99, kStart + 10min - 1s, 999)));
    CHECK_FALSE(watch.stops(attempt(99, kStart + 10min, 999)));
}

TEST_CASE("many failures at few accounts are not a campaign: each account's own lock answers them (PROTO-806)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 1000; ++i) watch.failed(attempt(i % 19, kStart + i * 100ms, i));
    CHECK_FALSE(watch.campaign(attempt(1, kStart + 100s, 5)));
}

TEST_CASE("a source that goes on failing stays stopped (PROTO-806)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 200; ++i) watch.failed(attempt(i, kStart + i * 10s, i));
    const auto stop = watch.stops(attempt(999, kStart + 2000s, 1));
    REQUIRE(stop);
    CHECK(stop->over_at == kStart + 1800s + 10min);  // of the oldest of the latest twenty
}

TEST_CASE("a network of many addresses is stopped as one (PROTO-806)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 40; ++i) watch.failed(attempt(i, kStart, i, 1000 + i));
    const auto stop = watch.stops(attempt(99, kStart, 999, 5000));
    REQUIRE(stop);
    CHECK(stop->source == GuessSource::network);
}

TEST_CASE("one password that fails at many accounts from anywhere makes its success suspicious, and stops nobody (PROTO-806, IDP-209)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 20; ++i) watch.failed(attempt(i, kStart, 7, 1000 + i, 2000 + i));
    const auto next = attempt(99, kStart, 7, 5, 5);
    CHECK_FALSE(watch.stops(next));
    const auto campaign = watch.campaign(next);
    REQUIRE(campaign);
    CHECK(campaign->source == GuessSource::password);
    CHECK(campaign->accounts == 20);
    CHECK_FALSE(watch.campaign(attempt(99, kStart, 8, 5, 5)));  // another password
}

TEST_CASE("memory is bounded: the sources that failed longest ago are forgotten first (PROTO-806)") {
    GuessRules rules;
    rules.remembered = {4, 4, 4, 4};
    GuessWatch watch(rules);
    for (std::uint64_t i = 0; i < 20; ++i) watch.failed(attempt(i, kStart, 7, 1, 1));
    for (std::uint64_t i = 0; i < 3; ++i) watch.failed(attempt(i, kStart, 7, 10 + i, 10 + i));
    CHECK(watch.remembered(GuessSource::address) == 4);
    CHECK(watch.stops(attempt(99, kStart, 0)));
    watch.failed(attempt(1, kStart, 7, 20, 20));  // the fifth
    CHECK(watch.remembered(GuessSource::address) == 4);
    CHECK_FALSE(watch.stops(attempt(99, kStart, 0)));
    CHECK(watch.campaign(attempt(99, kStart, 7, 5, 5)));  // the password was seen again and again
}

TEST_CASE("what is not known groups nothing (PROTO-806)") {
    GuessWatch watch;
    for (std::uint64_t i = 0; i < 500; ++i) watch.failed({.keys = {}, .account = i, .now = kStart});
    CHECK_FALSE(watch.campaign({.keys = {}, .account = 1, .now = kStart}));
}

}  // namespace
}  // namespace portcullis::credentials
