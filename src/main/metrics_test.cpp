#include "main/metrics.h"

#include <catch2/catch.hpp>

#include <regex>
#include <sstream>

using namespace portcullis;
using namespace portcullis::program;

TEST_CASE("metrics are Prometheus text: every line is a comment or a name, labels and a number") {
    Measured measured{.now = Instant{std::chrono::hours{100}}};
    measured.server.answers[2]    = 7;
    measured.server.queue_depth   = 3;
    measured.data_sets            = {{.name = "a \"list\"", .path = {}, .as_of = Instant{std::chrono::hours{99}}, .is_loaded = true}};
    measured.messages.sent        = 5;
    measured.messages.closed_ways = {"sms"};
    measured.approval_pauses      = 4;
    measured.messages.stored      = app::OutboxCounts{.waiting = 2, .dead = 1, .oldest_waiting = Instant{std::chrono::hours{99}}};
    measured.metadata             = app::HeldMetadata{.number      = 12,
                                                      .next_update = Instant{std::chrono::hours{50}},
                                                      .imported_at = Instant{std::chrono::hours{40}},
                                                      .checked_at  = Instant{std::chrono::hours{99}},
                                                      .models      = 300};
    const auto text               = metrics_text(measured);
    const std::regex line(R"re((# (HELP|TYPE) portcullis_[a-z_]+ .+|portcullis_[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"\})? -?[0-9]+))re");
    std::istringstream lines(text);
    for (std::string one; std::getline(lines, one);) {
        INFO(one);
        CHECK(std::regex_match(one, line));
    }
    CHECK(text.find("portcullis_http_answers_total{class=\"2xx\"} 7\n") != std::string::npos);
    CHECK(text.find("portcullis_messages_total{outcome=\"sent\"} 5\n") != std::string::npos);
    CHECK(text.find("portcullis_outbox_messages{state=\"dead\"} 1\n") != std::string::npos);
    CHECK(text.find("portcullis_outbox_age_seconds 3600\n") != std::string::npos);
    CHECK(text.find("portcullis_http_queue_depth 3\n") != std::string::npos);
    CHECK(text.find("portcullis_message_way_down{channel=\"sms\"} 1\n") != std::string::npos);
    CHECK(text.find("portcullis_message_way_down{channel=\"email\"} 0\n") != std::string::npos);
    CHECK(text.find("portcullis_approval_pauses_total 4\n") != std::string::npos);
    CHECK(text.find("portcullis_passkey_metadata_models 300\n") != std::string::npos);
    CHECK(text.find("portcullis_passkey_metadata_stale 1\n") != std::string::npos);
    CHECK(text.find("portcullis_passkey_metadata_age_seconds 3600\n") != std::string::npos);
    CHECK(text.find("portcullis_data_set_age_seconds{name=\"a \\\"list\\\"\"} 3600\n") != std::string::npos);
}
