#include "main/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::program {
namespace {

void one(std::string& out, std::string_view type, std::string_view name, std::string_view help, std::uint64_t value) {
    out += fmt::format("# HELP portcullis_{0} {1}\n# TYPE portcullis_{0} {2}\nportcullis_{0} {3}\n", name, help, type, value);
}

/// A label's value: backslash, quote and line end are escaped.
std::string label(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n') out += "\\n";
        else out += c;
    }
    return out;
}

void add_answers(std::string& out, const http::ServerCounters& server) {
    out += "# HELP portcullis_http_answers_total Answers by class of status\n# TYPE portcullis_http_answers_total counter\n";
    for (std::size_t digit = 1; digit < server.answers.size(); ++digit) {
        out += fmt::format("portcullis_http_answers_total{{class=\"{}xx\"}} {}\n", digit, server.answers[digit]);
    }
}

void add_data_sets(std::string& out, const Measured& measured) {
    out += "# HELP portcullis_data_set_loaded Whether a data set is loaded\n# TYPE portcullis_data_set_loaded gauge\n";
    for (const auto& set : measured.data_sets) out += fmt::format("portcullis_data_set_loaded{{name=\"{}\"}} {}\n", label(set.name), set.is_loaded ? 1 : 0);
    out += "# HELP portcullis_data_set_age_seconds How old a data set says it is\n# TYPE portcullis_data_set_age_seconds gauge\n";
    for (const auto& set : measured.data_sets) {
        if (!set.as_of) continue;
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(measured.now - *set.as_of).count();
        out += fmt::format("portcullis_data_set_age_seconds{{name=\"{}\"}} {}\n", label(set.name), age);
    }
}

void add_messages(std::string& out, const Measured& measured) {
    const auto& messages = measured.messages;
    out += "# HELP portcullis_messages_total What became of messages to people\n# TYPE portcullis_messages_total counter\n";
    for (const auto& [outcome, count] : {std::pair{"sent", messages.sent}, {"put_off", messages.put_off}, {"given_up", messages.given_up}}) {
        out += fmt::format("portcullis_messages_total{{outcome=\"{}\"}} {}\n", outcome, count);
    }
    out += "# HELP portcullis_message_way_down Whether nothing has gone out by a channel for ten minutes\n# TYPE portcullis_message_way_down gauge\n";
    for (const std::string_view channel : {"email", "sms", "voice"}) {
        const bool is_down = std::ranges::find(messages.closed_ways, channel) != messages.closed_ways.end();
        out += fmt::format("portcullis_message_way_down{{channel=\"{}\"}} {}\n", channel, is_down ? 1 : 0);
    }
    if (!messages.stored) return;
    out += "# HELP portcullis_outbox_messages Messages in the outbox\n# TYPE portcullis_outbox_messages gauge\n";
    out += fmt::format("portcullis_outbox_messages{{state=\"waiting\"}} {}\nportcullis_outbox_messages{{state=\"dead\"}} {}\n",
                       messages.stored->waiting, messages.stored->dead);
    const auto oldest = messages.stored->oldest_waiting.value_or(measured.now);
    const auto age    = std::chrono::duration_cast<std::chrono::seconds>(measured.now - oldest).count();
    out += "# HELP portcullis_outbox_age_seconds How long the oldest message has been waiting\n# TYPE portcullis_outbox_age_seconds gauge\n";
    out += fmt::format("portcullis_outbox_age_seconds {}\n", age);
}

void add_metadata(std::string& out, const app::HeldMetadata& held, Instant now) {
    const auto line = [&](std::string_view name, std::string_view help, std::int64_t value) {
        out += fmt::format("# HELP portcullis_passkey_metadata_{0} {1}\n# TYPE portcullis_passkey_metadata_{0} gauge\nportcullis_passkey_metadata_{0} {2}\n",
                           name, help, value);
    };
    line("number", "Number of the FIDO metadata that is held", held.number);
    line("models", "Models of passkeys it names", held.models);
    line("stale", "Whether the next one is overdue", credentials::is_stale(held.next_update, now) ? 1 : 0);
    line("age_seconds", "How long ago it was last seen to be the newest", std::chrono::duration_cast<std::chrono::seconds>(now - held.checked_at).count());
}

}  // namespace

std::string metrics_text(const Measured& measured) {
    const auto& server = measured.server;
    std::string out;
    one(out, "gauge", "http_connections_open", "Connections open now", server.connections_open);
    one(out, "counter", "http_connections_accepted_total", "Connections accepted", server.connections_accepted);
    one(out, "counter", "http_connections_refused_total", "Connections over a cap, or of no proxy where only proxies may connect", server.connections_refused);
    one(out, "counter", "http_handshakes_failed_total", "TLS handshakes that failed", server.handshakes_failed);
    one(out, "counter", "http_timeouts_total", "Connections closed because a phase took too long", server.timeouts);
    one(out, "counter", "http_requests_malformed_total", "Requests refused before routing", server.requests_malformed);
    one(out, "counter", "http_requests_rejected_total", "Requests refused because the queue was full", server.requests_rejected);
    one(out, "gauge", "http_queue_depth", "Requests waiting for a worker", server.queue_depth);
    one(out, "gauge", "http_workers_busy", "Workers that answer a request", server.workers_busy);
    add_answers(out, server);
    one(out, "gauge", "password_hashes_waiting", "Password hashes waiting for a thread", measured.hashing.waiting);
    one(out, "counter", "password_hashes_total", "Password hashes made", measured.hashing.done);
    one(out, "counter", "password_hashes_rejected_total", "Password hashes refused because the queue was full", measured.hashing.rejected);
    one(out, "counter", "approval_pauses_total", "Pauses of approvals because nobody approved (MFA fatigue)", measured.approval_pauses);
    add_messages(out, measured);
    add_data_sets(out, measured);
    if (measured.metadata) add_metadata(out, *measured.metadata, measured.now);
    return out;
}

}  // namespace portcullis::program
