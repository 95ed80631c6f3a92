#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/encoding.h"

namespace portcullis::json {
namespace {

/// Boost.JSON keeps the last of duplicate members; counting members while parsing finds them (PROTO-014).
/// The text is already known to be well-formed JSON here.
class MemberCounter {
public:
    explicit MemberCounter(std::string_view text) : text_(text) {}

    std::size_t count() {
        std::size_t members = 0;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            if (text_[i] == '"') i = end_of_string(i);
            else if (text_[i] == ':') ++members;
        }
        return members;
    }

private:
    std::size_t end_of_string(std::size_t at) const {
        for (++at; at < text_.size() && text_[at] != '"'; ++at) {
            if (text_[at] == '\\') ++at;
        }
        return at;
    }
    std::string_view text_;
};

std::size_t members_of(const value& v) {
    std::size_t members = 0;
    if (const auto* o = v.if_object()) {
        members = o->size();
        for (const auto& member : *o) members += members_of(member.value());
    } else if (const auto* a = v.if_array()) {
        for (const auto& element : *a) members += members_of(element);
    }
    return members;
}

/// Boost.JSON reads a number beyond every double as infinity, which is no JSON when it is written again.
bool has_infinity(const value& v) {
    if (const auto* o = v.if_object()) return std::any_of(o->begin(), o->end(), [](const auto& member) { return has_infinity(member.value()); });
    if (const auto* a = v.if_array()) return std::any_of(a->begin(), a->end(), has_infinity);
    return v.is_double() && !std::isfinite(v.get_double());
}

bool is_empty(const value& v) {
    switch (v.kind()) {
        case boost::json::kind::null:   return true;
        case boost::json::kind::bool_:  return !v.get_bool();
        case boost::json::kind::int64:  return v.get_int64() == 0;
        case boost::json::kind::string: return v.get_string().empty();
        case boost::json::kind::array:  return v.get_array().empty();
        default:                        return false;
    }
}

}  // namespace

Result<value> parse(std::string_view text, Limits limits, boost::json::storage_ptr storage) {
    if (text.size() > limits.bytes_max) {
        return Error{ErrorCode::invalidRequest, fmt::format("JSON is larger than {} bytes", limits.bytes_max)};
    }
    if (!is_utf8(text)) return Error{ErrorCode::invalidRequest, "JSON is not UTF-8"};
    boost::json::error_code code;
    boost::json::parse_options options;
    options.max_depth = limits.depth_max;
    auto parsed       = boost::json::parse(boost::json::string_view(text.data(), text.size()), code, std::move(storage), options);
    if (code) return Error{ErrorCode::invalidRequest, fmt::format("not JSON: {}", code.message())};
    if (members_of(parsed) != MemberCounter(text).count()) return Error{ErrorCode::invalidRequest, "JSON has duplicate members"};
    if (has_infinity(parsed)) return Error{ErrorCode::invalidRequest, "JSON has a number that is too large"};
    return parsed;
}

Result<object> parse_object(std::string_view text, Limits limits, boost::json::storage_ptr storage) {
    auto parsed = TRY(parse(text, limits, std::move(storage)));
    if (!parsed.is_object()) return Error{ErrorCode::invalidRequest, "JSON is not an object"};
    return std::move(parsed.as_object());
}

void leave_out_empty(object& o) {
    for (auto* member = o.begin(); member != o.end();) {
        if (is_empty(member->value())) member = o.erase(member);
        else ++member;
    }
}

std::string to_text(const value& v) { return boost::json::serialize(v); }
std::string to_text(const object& o) { return boost::json::serialize(o); }
std::string to_text(const array& a) { return boost::json::serialize(a); }

std::optional<std::string> string_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    if (!found || !found->is_string()) return std::nullopt;
    const auto& text = found->get_string();
    return std::string(text.data(), text.size());
}

std::optional<std::int64_t> integer_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    if (!found) return std::nullopt;
    if (found->is_int64()) return found->get_int64();
    if (found->is_uint64() && found->get_uint64() <= INT64_MAX) return static_cast<std::int64_t>(found->get_uint64());
    return std::nullopt;
}

std::optional<double> number_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    if (!found || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
}

std::optional<bool> bool_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    if (!found || !found->is_bool()) return std::nullopt;
    return found->get_bool();
}

const object* object_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    return found ? found->if_object() : nullptr;
}

const array* array_at(const object& o, std::string_view name) {
    const auto* found = o.if_contains(name);
    return found ? found->if_array() : nullptr;
}

}  // namespace portcullis::json
