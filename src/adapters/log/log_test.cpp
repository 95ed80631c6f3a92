#include "adapters/log/log.h"

#include <catch2/catch.hpp>

using namespace portcullis::log;

TEST_CASE("a line is one JSON object, or one line of text, whatever is in it") {
    struct Row {
        Format format;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {Format::json, R"({"at":"T","level":"warning","event":"job failed","because":"a\n\"b\" {}"})"},
        {Format::text, "T warning job failed because=a \"b\" {}"},
    }));
    CHECK(line_of(row.format, "T", Level::warning, "job failed", {{"because", "a\n\"b\" {}"}}) == row.expected);
}
