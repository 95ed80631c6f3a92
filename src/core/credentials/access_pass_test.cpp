#include "core/credentials/access_pass.h"

#include <catch2/catch.hpp>

namespace portcullis::credentials {
namespace {

using namespace std::chrono_literals;
using identity::AccessPassSettings;
using identity::Factor;
using enum PassStanding;

const Instant kNow = from_unix_ms(1'795'000'000'000);
const AccessPassSettings kWide{.lifetime_min = 10min, .lifetime_max = 43'200min, .lifetime_default = 60min};

std::string terms(const AccessPassSettings& settings, const WantedPass& wanted) {
    const auto decided = decide_pass(settings, wanted, kNow);
    if (const auto* problems = std::get_if<std::vector<std::string>>(&decided)) return std::to_string(problems->size()) + " wrong: " + problems->front();
    const auto& t = std::get<PassTerms>(decided);
    return std::to_string((t.starts_at - kNow) / 1min) + "+" + std::to_string((t.ends_at - t.starts_at) / 1min) + (t.is_one_time ? " once" : "");
}

TEST_CASE("CRED-028 a pass has a lifetime within the tenant's limits, a start not in the past, and may be for one use", "[access-pass]") {
    const AccessPassSettings once{.is_one_time = true};
    CHECK(terms({}, {}) == "0+60");
    CHECK(terms(once, {}) == "0+60 once");
    CHECK(terms(once, {.is_one_time = false}) == "1 wrong: the tenant has every pass work once");
    CHECK(terms({}, {.is_one_time = true}) == "0+60 once");
    CHECK(terms(kWide, {.lifetime = 9min}) == "1 wrong: the lifetime may be 10 to 43200 whole minutes");
    CHECK(terms(kWide, {.lifetime = 10min}) == "0+10");
    CHECK(terms(kWide, {.lifetime = 43'200min}) == "0+43200");
    CHECK(terms(kWide, {.lifetime = 43'201min}).starts_with("1 wrong"));
    CHECK(terms(kWide, {.lifetime = 90s + 10min}).starts_with("1 wrong"));
    CHECK(terms({}, {.lifetime = 59min}).starts_with("1 wrong"));
    CHECK(terms({}, {.lifetime = 481min}).starts_with("1 wrong"));
    CHECK(terms({}, {.starts_at = kNow + 2h}) == "120+60");
    CHECK(terms({}, {.starts_at = kNow - 5min}) == "0+60");
    CHECK(terms({}, {.starts_at = kNow - 6min}) == "1 wrong: the pass starts in the past");
    CHECK(terms({}, {.starts_at = kNow + std::chrono::days{31}}).starts_with("1 wrong"));
    CHECK(terms(once, {.starts_at = kNow - 1h, .lifetime = 1min, .is_one_time = false}).starts_with("3 wrong"));
}

struct Row {
    const char* sentence;
    bool is_one_time;
    std::optional<Instant> used_at;
    bool tenant_has_once, is_allowed;
    Duration at;
    PassStanding standing;
};

TEST_CASE("CRED-029 when a pass works", "[access-pass]") {
    const auto row = GENERATE(values<Row>({
        {"from its first moment", false, {}, false, true, 0min, usable},
        {"not before", false, {}, false, true, -1ms, notYetValid},
        {"until its last", false, {}, false, true, 60min - 1ms, usable},
        {"not from its end on", false, {}, false, true, 60min, expired},
        {"again, unless it is for one use", false, kNow, false, true, 5min, usable},
        {"once, if it is", true, kNow, false, true, 5min, oneTimeUsed},
        {"a one-time pass not used yet", true, {}, true, true, 5min, usable},
        {"for several uses, not once the tenant has passes work once", false, {}, true, true, 5min, disabledByPolicy},
        {"not for whom the methods policy does not mean", false, {}, false, false, 5min, disabledByPolicy},
    }));
    CAPTURE(row.sentence);
    const identity::AccessPass pass{.is_one_time = row.is_one_time, .created_at = kNow, .starts_at = kNow, .ends_at = kNow + 60min, .used_at = row.used_at};
    const AccessPassSettings settings{.is_one_time = row.tenant_has_once};
    CHECK(standing_of(pass, {.settings = settings, .is_allowed = row.is_allowed, .now = kNow + row.at}) == row.standing);
}

TEST_CASE("CRED-029 what rests on a pass ends with it, and a one-time pass lets register for ten minutes", "[access-pass]") {
    const Factor password{AuthMethod::password, kNow};
    Factor pass{.method = AuthMethod::temporaryAccessPass, .at = kNow, .ends_at = kNow + 60min, .is_one_time = true};
    CHECK_FALSE(end_of(std::vector{password}));
    CHECK(end_of(std::vector{password, pass}) == kNow + 60min);

    const std::vector both{password, pass};
    CHECK(may_still_register(both, kNow, kNow + 10min));
    CHECK_FALSE(may_still_register(both, kNow, kNow + 10min + 1ms));
    CHECK(may_still_register(both, kNow + 1min, kNow + 30min));  // something else was proven since
    CHECK(may_still_register(std::vector{password}, std::nullopt, kNow + 30min));
    pass.is_one_time = false;
    CHECK(may_still_register(std::vector{pass}, kNow, kNow + 30min));
}

}  // namespace
}  // namespace portcullis::credentials
