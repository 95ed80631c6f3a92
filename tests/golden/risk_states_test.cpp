#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

#include "core/risk/transitions.h"
#include "core/terms/risk_event_type.h"

namespace portcullis {
namespace {

std::string file(const std::string& path) {
    std::ifstream in(std::string(PORTCULLIS_SOURCE_DIR) + "/" + path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("docs/risk-states.md is the transition table, to the letter (IDP-102)") {
    CHECK(file("docs/risk-states.md") == risk::render_transitions());
}

TEST_CASE("docs/detections.md has a row for every riskEventType, and says which of them nothing raises yet") {
    const auto text = file("docs/detections.md");
    for (const auto& entry : risk_event_types()) {
        CAPTURE(entry.name);
        const auto row = text.find("| `" + std::string(entry.name) + "` |");
        REQUIRE(row != std::string::npos);
        const auto line = text.substr(row, text.find('\n', row) - row);
        CHECK(line.find(entry.display_name) != std::string::npos);
        CHECK((line.find("| later |") != std::string::npos) == (entry.origin == Origin::later));
        CHECK((line.find("| never |") != std::string::npos) == (entry.mfa_closes == MfaCloses::never));
    }
}

}  // namespace portcullis
