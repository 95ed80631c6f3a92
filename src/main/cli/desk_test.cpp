#include "main/cli/desk.h"

#include <catch2/catch.hpp>

using namespace portcullis;
using namespace portcullis::program;

TEST_CASE("tables align by characters and say when they are empty") {
    CHECK(render_table({"USER", "LEVEL"}, {{"äa", "high"}, {"somebody", "low"}}) ==
          "USER      LEVEL\n"
          "äa        high\n"
          "somebody  low\n");
    CHECK(render_table({"USER", "LEVEL"}, {}) == "USER  LEVEL\n(none)\n");
}

TEST_CASE("nothing that was typed steers the terminal") {
    CHECK(render_fields({{"user", "a\x1b[2Jb"}, {"mail", ""}}) == "user  a\\u001b[2Jb\n");
    CHECK(render_table({"USER", "NAME"}, {{"a\xe2\x80\xae" "b", "x"}, {"somebody", "y\nz"}}) ==
          "USER      NAME\n"
          "a\\u202eb  x\n"
          "somebody  y\\u000az\n");
}

TEST_CASE("a detection is told in one sentence with its evidence") {
    const json::object detection{{"detectedDateTime", "2026-11-20T12:00:00Z"},
                                 {"riskEventType", "anonymizedIPAddress"},
                                 {"riskLevel", "medium"},
                                 {"riskState", "atRisk"},
                                 {"riskDetail", "none"},
                                 {"ipAddress", "192.0.2.7"},
                                 {"riskEvidence", json::array{json::object{{"name", "anonymizer"}, {"observed", "tor"}},
                                                              json::object{{"name", "speed"}, {"observed", "9 km/h"}, {"limit", "5 km/h"}}}}};
    CHECK(sentence_of(detection) ==
          "2026-11-20T12:00:00Z: Anonymous IP address medium, atRisk, from 192.0.2.7. anonymizer: tor; speed: 9 km/h (limit 5 km/h).");
}
