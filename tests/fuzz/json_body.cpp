// JSON of strangers: what is accepted keeps its limits, has no member twice, and reads the same when it is written again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "base/assert.h"
#include "base/encoding.h"
#include "base/json.h"

namespace {

using namespace portcullis;

/// Depth as the limits count it; stops the program at a text that is no UTF-8.
std::size_t checked_depth(const json::value& value) {
    std::size_t deepest = 0;
    if (const auto* text = value.if_string()) PORTCULLIS_ASSERT(is_utf8({text->data(), text->size()}));
    if (const auto* array = value.if_array()) {
        for (const auto& one : *array) deepest = std::max(deepest, checked_depth(one));
        return deepest + 1;
    }
    if (const auto* object = value.if_object()) {
        std::set<std::string_view> names;
        for (const auto& member : *object) {
            PORTCULLIS_ASSERT(names.insert(member.key()).second && is_utf8(member.key()));
            deepest = std::max(deepest, checked_depth(member.value()));
        }
        return deepest + 1;
    }
    return 0;
}

bool has_double(const json::value& value) {
    if (const auto* array = value.if_array()) return std::any_of(array->begin(), array->end(), has_double);
    if (const auto* object = value.if_object()) {
        return std::any_of(object->begin(), object->end(), [](const auto& member) { return has_double(member.value()); });
    }
    return value.is_double();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const json::Limits limits{.bytes_max = 4096, .depth_max = 8};
    const auto parsed = json::parse(text, limits);
    PORTCULLIS_ASSERT(!parsed || size <= limits.bytes_max);
    const auto object = json::parse_object(text, limits);
    PORTCULLIS_ASSERT(object.has_value() == (parsed && parsed->is_object()));
    if (!parsed) return 0;
    PORTCULLIS_ASSERT(checked_depth(*parsed) <= limits.depth_max);
    const auto written = json::to_text(*parsed);
    const auto again   = json::parse(written);
    PORTCULLIS_ASSERT(again);
    // Boost 1.81 reads the last bit of some doubles otherwise than it writes it.
    PORTCULLIS_ASSERT(has_double(*parsed) || json::to_text(*again) == written);
    return 0;
}
