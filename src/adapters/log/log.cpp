#include "adapters/log/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>

#include "base/json.h"
#include "base/time.h"

namespace portcullis::log {
namespace {

std::string_view name(Level level) {
    switch (level) {
        case Level::debug: return "debug";
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "error";
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

/// A value of a text line: no line ends, so that no event can look like two.
std::string plain(std::string_view value) {
    std::string out;
    for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return out;
}

std::string now_text() { return to_rfc3339(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())); }

}  // namespace

std::string line_of(Format format, std::string_view at, Level level, std::string_view event, std::initializer_list<Field> fields) {
    if (format == Format::json) {
        json::object line{{"at", at}, {"level", name(level)}, {"event", event}};
        for (const auto& field : fields) line[field.name] = field.value;
        return json::to_text(line);
    }
    auto line = fmt::format("{} {:<7} {}", at, name(level), plain(event));
    for (const auto& field : fields) line += fmt::format(" {}={}", field.name, plain(field.value));
    return line;
}

Log::Log(Level level, Format format)
    : format_(format), logger_(std::make_shared<spdlog::logger>("portcullis", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog_level(level));
    logger_->flush_on(spdlog::level::debug);
}

Log::~Log() = default;

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
    const auto as = spdlog_level(level);
    if (!logger_->should_log(as)) return;
    logger_->log(as, "{}", line_of(format_, now_text(), level, event, fields));
}

}  // namespace portcullis::log
