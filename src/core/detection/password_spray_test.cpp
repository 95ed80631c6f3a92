#include <catch2/catch.hpp>

#include "core/detection/detector_fixture.h"

namespace portcullis::detection {
using namespace fixture;
using credentials::GuessSource;

namespace {

SignInSignals with_watch(std::optional<signals::PasswordWatch> watch) {
    auto seen           = at_home(kNoon);
    seen.password_watch = watch;
    return seen;
}
Verdict judged(std::optional<signals::PasswordWatch> watch) {
    return run(RiskEventType::passwordSpray, with_watch(watch), profile_of(30));
}

}  // namespace

TEST_CASE("a right password amid a campaign is a high risk, whatever else is familiar (DET-09, PROTO-806)") {
    for (const auto source : {GuessSource::password, GuessSource::address, GuessSource::network, GuessSource::asn}) {
        const auto verdict = judged(signals::PasswordWatch{source, 20});
        INFO(to_string(source));
        CHECK(told(verdict) == "high");
        CHECK(fact(verdict, "accounts within 10 min") == "20 or more");
        CHECK(fact(verdict, "the same " + std::string(to_string(source))) == "failing at many accounts");
    }
}

TEST_CASE("without a campaign, or without a password, there is no spray (DET-09)") {
    CHECK(told(judged(signals::PasswordWatch{})).starts_with("not detected"));
    CHECK(told(judged(std::nullopt)) == "not evaluated: no password was given in this sign-in");
}

}  // namespace portcullis::detection
