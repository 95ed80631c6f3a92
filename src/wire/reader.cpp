#include "wire/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace portcullis::wire {

bool Reader::take(std::string_view name) {
    const auto* member = document_.find(name);
    if (member == document_.end()) return false;
    taken_[static_cast<std::size_t>(member - document_.begin())] = true;
    return !member->value().is_null();
}

void Reader::fail(std::string_view name, std::string_view what) {
    if (failed_ == kFailuresMax) return;
    ++failed_;
    auto sentence = fmt::format("`{}{}` {}", path_, name, what);
    if (!error_) error_ = Error{ErrorCode::invalidRequest, std::move(sentence)};
    else error_->message += "; " + sentence;
}

void Reader::adopt(Reader& inner) {
    auto result = inner.finish();
    if (result || failed_ == kFailuresMax) return;
    failed_ = std::min(kFailuresMax, failed_ + inner.failed_);
    if (!error_) error_ = std::move(result).error();
    else error_->message += "; " + result.error().message;
}

void Reader::read(std::string_view name, std::string& into) {
    if (!take(name)) return;
    auto text = json::string_at(document_, name);
    if (!text) return fail(name, "must be a string");
    into = std::move(*text);
}

void Reader::read(std::string_view name, bool& into) {
    if (!take(name)) return;
    const auto flag = json::bool_at(document_, name);
    if (!flag) return fail(name, "must be true or false");
    into = *flag;
}

void Reader::read(std::string_view name, std::int64_t& into) {
    if (!take(name)) return;
    const auto number = json::integer_at(document_, name);
    if (!number) return fail(name, "must be a whole number");
    into = *number;
}

void Reader::read(std::string_view name, int& into) {
    std::int64_t number = into;
    read(name, number);
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) return fail(name, "is out of range");
    into = static_cast<int>(number);
}

void Reader::read(std::string_view name, Instant& into) {
    std::optional<Instant> when;
    read(name, when);
    if (when) into = *when;
}

void Reader::read(std::string_view name, std::optional<Instant>& into) {
    if (!take(name)) return;
    const auto text = json::string_at(document_, name);
    const auto when = text ? parse_rfc3339(*text) : std::nullopt;
    if (!when) return fail(name, "must be a time like 2026-11-20T12:00:00Z");
    into = when;
}

void Reader::read_ms(std::string_view name, Instant& into) {
    std::int64_t ms = 0;
    read(name, ms);
    into = from_unix_ms(ms);
}

void Reader::read_ms(std::string_view name, std::optional<Instant>& into) {
    std::int64_t ms = -1;
    read(name, ms);
    if (ms >= 0) into = from_unix_ms(ms);
}

void Reader::read(std::string_view name, Duration& into) {
    if (!take(name)) return;
    const auto text     = json::string_at(document_, name);
    const auto duration = text ? parse_duration(*text) : std::nullopt;
    if (!duration) return fail(name, "must be a duration like PT15M or P14D");
    into = *duration;
}

void Reader::read(std::string_view name, std::vector<std::string>& into) {
    const auto* array = array_at(name);
    if (!array) return;
    into.clear();
    for (const auto& element : *array) {
        if (!element.is_string()) return fail(name, "must hold strings only");
        into.emplace_back(element.get_string());
    }
}

void Reader::read(std::string_view name, json::object& into) {
    if (const auto* object = object_at(name)) into = *object;
}

void Reader::read(std::string_view name, json::array& into) {
    if (const auto* array = array_at(name)) into = *array;
}

const json::array* Reader::array_at(std::string_view name) {
    if (!take(name)) return nullptr;
    const auto* array = json::array_at(document_, name);
    if (!array) fail(name, "must be an array");
    return array;
}

const json::object* Reader::object_at(std::string_view name) {
    if (!take(name)) return nullptr;
    const auto* object = json::object_at(document_, name);
    if (!object) fail(name, "must be an object");
    return object;
}

Result<void> Reader::finish() {
    std::size_t position = 0;
    for (const auto& member : document_) {
        if (!taken_[position++]) fail(member.key(), "is not a known member");
    }
    if (error_) return *error_;
    return {};
}

json::array to_array(const std::vector<std::string>& texts) {
    json::array array;
    for (const auto& text : texts) array.emplace_back(text);
    return array;
}

json::value ms_or_null(const std::optional<Instant>& when) { return when ? json::value(unix_ms(*when)) : json::value(nullptr); }

std::string duration_text(Duration duration) {
    return fmt::format("PT{}S", std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace portcullis::wire
