#pragma once

#include <array>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// JSON values, text and members. The one place that names Boost.JSON; core never includes this.
namespace portcullis::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

/// What a parser accepts of untrusted text. Sources: PROTO-014 (JOSE: 16), PROTO-807 (bodies: 32), PROTO-114 (claims: 8).
struct Limits {
    std::size_t bytes_max = 64 * 1024;
    std::size_t depth_max = 32;
};

/// Room for values that go with the function that made them: got in a few pieces and given back at once, where each member would
/// be a piece of its own. Nothing of it outlives it: a copy that is constructed shares its storage, only what is assigned to a value that
/// has storage of its own does not.
class Arena {
public:
    [[nodiscard]] boost::json::storage_ptr storage() { return &resource_; }

private:
    std::array<unsigned char, 4096> first_;
    boost::json::monotonic_resource resource_{first_.data(), first_.size()};
};

/// Parses exactly one JSON object, UTF-8, without duplicate members at any depth.
/// Errors: invalidRequest, with what was wrong and where.
Result<object> parse_object(std::string_view text, Limits limits = {}, boost::json::storage_ptr storage = {});
/// Parses exactly one JSON value under the same rules.
Result<value> parse(std::string_view text, Limits limits = {}, boost::json::storage_ptr storage = {});

/// Removes the members that are null, false, 0, or a text or array with nothing in it; whoever reads it begins with these.
void leave_out_empty(object& o);

std::string to_text(const value& v);
std::string to_text(const object& o);
std::string to_text(const array& a);

/// A member of one type, or nothing when it is absent or of another type.
std::optional<std::string> string_at(const object& o, std::string_view name);
std::optional<std::int64_t> integer_at(const object& o, std::string_view name);
std::optional<double> number_at(const object& o, std::string_view name);
std::optional<bool> bool_at(const object& o, std::string_view name);
const object* object_at(const object& o, std::string_view name);
const array* array_at(const object& o, std::string_view name);

}  // namespace portcullis::json
