#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::wire {

/// Reads the members of one JSON object into values. Everything that does not fit is in the one error, up to `kFailuresMax` things;
/// members that nobody read are an error too (`finish`), so a misspelt member never passes silently.
class Reader {
public:
    Reader(const json::object& document, std::string path) : document_(document), path_(std::move(path)), taken_(document.size()) {}

    void read(std::string_view name, std::string& into);
    void read(std::string_view name, bool& into);
    void read(std::string_view name, int& into);
    void read(std::string_view name, std::int64_t& into);
    /// RFC 3339 text.
    void read(std::string_view name, Instant& into);
    void read(std::string_view name, std::optional<Instant>& into);
    /// Milliseconds since 1970 as a number: what only we read holds times so.
    void read_ms(std::string_view name, Instant& into);
    void read_ms(std::string_view name, std::optional<Instant>& into);
    /// ISO 8601 duration text.
    void read(std::string_view name, Duration& into);
    void read(std::string_view name, std::vector<std::string>& into);
    /// JSON as it is.
    void read(std::string_view name, json::object& into);
    void read(std::string_view name, json::array& into);

    template <class Tag>
    void read(std::string_view name, Id<Tag>& into) {
        std::string text;
        if (!take(name)) return;
        read(name, text);
        const auto id = parse_id<Id<Tag>>(text);
        if (!id) return fail(name, "is not a UUID");
        into = *id;
    }

    template <class Tag>
    void read(std::string_view name, std::vector<Id<Tag>>& into) {
        std::vector<std::string> texts;
        if (!take(name)) return;
        read(name, texts);
        into.clear();
        for (const auto& text : texts) {
            const auto id = parse_id<Id<Tag>>(text);
            if (!id) return fail(name, "holds something that is not a UUID");
            into.push_back(*id);
        }
    }

    /// An enumeration through its parser; `allowed` says in words what it may be.
    template <class E, class Parse>
    void read_enum(std::string_view name, E& into, Parse parse, std::string_view allowed) {
        std::string text;
        if (!take(name)) return;
        read(name, text);
        const auto value = parse(text);
        if (!value) return fail(name, "must be one of: " + std::string(allowed));
        into = *value;
    }

    /// Each element of an array of objects, through `each(Reader&)`.
    template <class Each>
    void read_each(std::string_view name, Each each) {
        const auto* array = array_at(name);
        if (!array) return;
        std::size_t index = 0;
        for (const auto& element : *array) {
            const auto where = path_ + std::string(name) + "[" + std::to_string(index++) + "].";
            if (!element.is_object()) return fail(name, "must hold objects only");
            Reader inner(element.get_object(), where);
            each(inner);
            adopt(inner);
        }
    }

    /// A member that is an object, through `inside(Reader&)`.
    template <class Inside>
    void read_object(std::string_view name, Inside inside) {
        const auto* object = object_at(name);
        if (!object) return;
        Reader inner(*object, path_ + std::string(name) + ".");
        inside(inner);
        adopt(inner);
    }

    void fail(std::string_view name, std::string_view what);
    /// Refuses members nobody asked for, and returns what does not fit.
    Result<void> finish();

private:
    bool take(std::string_view name);
    const json::array* array_at(std::string_view name);
    const json::object* object_at(std::string_view name);
    void adopt(Reader& inner);

    const json::object& document_;
    std::string path_;
    std::vector<bool> taken_;  // by position in the document
    static constexpr int kFailuresMax = 20;
    std::optional<Error> error_;
    int failed_ = 0;
};

/// JSON text of the values that Reader reads.
json::array to_array(const std::vector<std::string>& texts);
template <class Tag>
json::array to_array(const std::vector<Id<Tag>>& ids) {
    json::array array;
    for (const auto& id : ids) array.emplace_back(to_string(id));
    return array;
}
/// What `Reader::read_ms` reads.
json::value ms_or_null(const std::optional<Instant>& when);
/// `PT3600S`: seconds are exact and every reader understands them.
std::string duration_text(Duration duration);

}  // namespace portcullis::wire
