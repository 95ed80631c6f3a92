#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "core/policy/validate.h"

/// Reads a Graph-shaped document member by member and collects everything that is wrong with it.
namespace portcullis::wire {

/// One object of a document and where it stands. Copies share the list of findings.
class DocumentReader {
public:
    DocumentReader(const json::object& object, std::string path, std::vector<policy::Finding>& findings)
        : object_(&object), path_(std::move(path)), findings_(&findings) {}

    void refuse(std::string_view rule, std::string_view member, std::string message) const;
    /// Flags every member but `names` and annotations (`@odata.…`, `x@odata.…`).
    void allow_only(std::initializer_list<std::string_view> names) const;
    /// Flags the member when it says anything: not absent, null, an empty array or `{"isEnabled": false}`.
    void refuse_unsupported(std::string_view member, std::string_view message) const;

    [[nodiscard]] const json::object& object() const { return *object_; }
    [[nodiscard]] std::string path_of(std::string_view member) const;
    /// Neither absent nor null.
    [[nodiscard]] bool has(std::string_view member) const;

    /// The member, or nothing when it is absent or null. Flags another type.
    [[nodiscard]] std::optional<std::string> text(std::string_view member) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view member) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view member) const;
    [[nodiscard]] std::optional<DocumentReader> object_at(std::string_view member) const;

    /// As `text`; flags absence too.
    [[nodiscard]] std::optional<std::string> required_text(std::string_view member) const;
    /// The object of a member that must be there. Flags absence and null.
    [[nodiscard]] std::optional<DocumentReader> required_object(std::string_view member) const;

    /// Calls `visit(text, path of the element)` for each string of an array that may be absent. Flags other elements.
    void each_text(std::string_view member,
                   const std::function<void(std::string_view, const std::string&)>& visit) const;
    /// Likewise for objects.
    void each_object(std::string_view member, const std::function<void(const DocumentReader&)>& visit) const;

    /// A term of an enumeration. Flags another spelling.
    template <class Parse>
    auto term(std::string_view member, Parse parse) const -> decltype(parse(std::string_view{})) {
        const auto spelled = text(member);
        if (!spelled) return std::nullopt;
        auto parsed = parse(*spelled);
        if (!parsed)
            refuse(policy::kSchemaRule, member, "`" + *spelled + "` is not a value of `" + std::string(member) + "`");
        return parsed;
    }

    /// An RFC 3339 time. Flags what is none.
    [[nodiscard]] std::optional<Instant> instant(std::string_view member) const;

    /// An identifier. Flags what is none.
    template <class IdType>
    [[nodiscard]] std::optional<IdType> id(std::string_view member) const {
        const auto written = text(member);
        const auto parsed  = written ? parse_id<IdType>(*written) : std::nullopt;
        if (written && !parsed) refuse(policy::kSchemaRule, member, "`" + *written + "` is not an identifier");
        return parsed;
    }

    std::vector<policy::Finding>& findings() const { return *findings_; }

private:
    [[nodiscard]] const json::value* find(std::string_view member) const;
    [[nodiscard]] const json::array* array(std::string_view member) const;

    const json::object* object_;
    std::string path_;
    std::vector<policy::Finding>* findings_;
};

/// The text as an object of at most `bytes_max`, parsed by `parse`; a `Parsed` is the value and its findings.
template <class Parsed>
Parsed parse_document(std::string_view text, std::size_t bytes_max, Parsed (*parse)(const json::object&)) {
    const auto document = json::parse_object(text, {.bytes_max = bytes_max});
    if (!document) return {std::nullopt, {{policy::kSchemaRule, "", document.error().message}}};
    return parse(document.value());
}

/// As Graph writes a time; null for nothing.
json::value time_or_null(const std::optional<Instant>& when);
/// The same of what was not stored yet: null.
json::value created_or_null(Instant when);

}  // namespace portcullis::wire
