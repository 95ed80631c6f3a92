#include "jobs/timetable.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::jobs;
using namespace std::chrono_literals;

namespace {

constexpr Instant kNow = Instant{1'800'000'000'000ms};

struct StillClock : app::Clock {
    Instant now() const override { return kNow; }
};

}  // namespace

TEST_CASE("a job runs at once, then when its time has passed, and never twice for one moment") {
    const StillClock clock;
    int runs = 0;
    Timetable timetable(clock, {{"count", 1min, [&](Instant) -> Result<std::string> { return ++runs, std::string(); }}}, [](const auto&, const auto&) {});
    timetable.run_due(kNow);
    timetable.run_due(kNow);
    timetable.run_due(kNow + 59s);
    CHECK(runs == 1);
    timetable.run_due(kNow + 60s);
    CHECK(runs == 2);
    timetable.run_due(kNow + 36h);
    CHECK(runs == 3);
}

TEST_CASE("what a job did and what failed is reported; idle runs are not") {
    const StillClock clock;
    std::vector<std::string> told;
    const auto report = [&](const std::string& job, const Result<std::string>& outcome) {
        told.push_back(job + ": " + (outcome ? *outcome : outcome.error().message));
    };
    Timetable timetable(clock,
                        {{"idle", 1s, [](Instant) -> Result<std::string> { return std::string(); }},
                         {"busy", 1s, [](Instant) -> Result<std::string> { return std::string("3 sent"); }},
                         {"broken", 1s, [](Instant) -> Result<std::string> { return Error{ErrorCode::unavailable, "no store"}; }}},
                        report);
    timetable.run_due(kNow);
    CHECK(told == std::vector<std::string>{"busy: 3 sent", "broken: no store"});
}
