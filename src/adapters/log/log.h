#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
}

namespace portcullis::log {

enum class Level { debug, info, warning, error };
enum class Format { text, json };

/// One fact of a line. Ids, counts, words of ours: never names, addresses, URLs or tokens (PROTO-703).
struct Field {
    std::string_view name;
    std::string value;
};

/// The operational log on standard error, one line an event: `{"at", "level", "event", …}`, or text for people.
/// Safe to call from many threads.
class Log {
public:
    Log(Level level, Format format);
    ~Log();
    void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

private:
    const Format format_;
    std::shared_ptr<spdlog::logger> logger_;
};

/// The line, without its end.
std::string line_of(Format format, std::string_view at, Level level, std::string_view event, std::initializer_list<Field> fields);

}  // namespace portcullis::log
