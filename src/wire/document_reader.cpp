#include "wire/document_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::wire {
namespace {

/// More findings than this help nobody; the document is refused all the same.
constexpr std::size_t kFindingsMax = 100;

bool is_annotation(std::string_view name) { return name.find("@odata.") != std::string_view::npos; }

bool says_nothing(const json::value& value) {
    if (value.is_null()) return true;
    if (const auto* array = value.if_array()) return array->empty();
    if (const auto* object = value.if_object()) return json::bool_at(*object, "isEnabled") == false;
    return false;
}

}  // namespace

std::string DocumentReader::path_of(std::string_view member) const {
    if (path_.empty()) return std::string(member);
    return member.empty() ? path_ : fmt::format("{}.{}", path_, member);
}

void DocumentReader::refuse(std::string_view rule, std::string_view member, std::string message) const {
    if (findings_->size() < kFindingsMax)
        findings_->push_back({std::string(rule), path_of(member), std::move(message)});
}

void DocumentReader::allow_only(std::initializer_list<std::string_view> names) const {
    for (const auto& member : *object_) {
        const std::string_view name(member.key().data(), member.key().size());
        if (is_annotation(name) || std::ranges::find(names, name) != names.end()) continue;
        refuse(policy::kSchemaRule, name, fmt::format("there is no member `{}` here", name));
    }
}

void DocumentReader::refuse_unsupported(std::string_view member, std::string_view message) const {
    const auto* found = find(member);
    if (found != nullptr && !says_nothing(*found)) refuse(policy::kUnsupportedRule, member, std::string(message));
}

const json::value* DocumentReader::find(std::string_view member) const { return object_->if_contains(member); }

bool DocumentReader::has(std::string_view member) const {
    const auto* found = find(member);
    return found != nullptr && !found->is_null();
}

std::optional<std::string> DocumentReader::text(std::string_view member) const {
    if (!has(member)) return std::nullopt;
    auto found = json::string_at(*object_, member);
    if (!found) refuse(policy::kSchemaRule, member, fmt::format("`{}` is a string", member));
    return found;
}

std::optional<std::int64_t> DocumentReader::integer(std::string_view member) const {
    if (!has(member)) return std::nullopt;
    const auto found = json::integer_at(*object_, member);
    if (!found) refuse(policy::kSchemaRule, member, fmt::format("`{}` is a whole number", member));
    return found;
}

std::optional<bool> DocumentReader::boolean(std::string_view member) const {
    if (!has(member)) return std::nullopt;
    const auto found = json::bool_at(*object_, member);
    if (!found) refuse(policy::kSchemaRule, member, fmt::format("`{}` is true or false", member));
    return found;
}

std::optional<DocumentReader> DocumentReader::object_at(std::string_view member) const {
    if (!has(member)) return std::nullopt;
    const auto* found = json::object_at(*object_, member);
    if (found == nullptr) {
        refuse(policy::kSchemaRule, member, fmt::format("`{}` is an object", member));
        return std::nullopt;
    }
    return DocumentReader(*found, path_of(member), *findings_);
}

std::optional<std::string> DocumentReader::required_text(std::string_view member) const {
    if (!has(member)) refuse(policy::kSchemaRule, member, fmt::format("`{}` is missing", member));
    return text(member);
}

std::optional<DocumentReader> DocumentReader::required_object(std::string_view member) const {
    if (!has(member)) refuse(policy::kSchemaRule, member, fmt::format("`{}` is missing", member));
    return object_at(member);
}

const json::array* DocumentReader::array(std::string_view member) const {
    const auto* found = find(member);
    if (found == nullptr) return nullptr;
    if (!found->is_array()) refuse(policy::kSchemaRule, member, fmt::format("`{}` is an array", member));
    return found->if_array();
}

void DocumentReader::each_text(std::string_view member,
                               const std::function<void(std::string_view, const std::string&)>& visit) const {
    const auto* elements = array(member);
    if (elements == nullptr) return;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto place = fmt::format("{}[{}]", member, i);
        if (const auto* spelled = (*elements)[i].if_string())
            visit(std::string_view(spelled->data(), spelled->size()), place);
        else refuse(policy::kSchemaRule, place, "this is a string");
    }
}

void DocumentReader::each_object(std::string_view member,
                                 const std::function<void(const DocumentReader&)>& visit) const {
    const auto* elements = array(member);
    if (elements == nullptr) return;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto place = fmt::format("{}[{}]", member, i);
        if (const auto* element = (*elements)[i].if_object())
            visit(DocumentReader(*element, path_of(place), *findings_));
        else refuse(policy::kSchemaRule, place, "this is an object");
    }
}

std::optional<Instant> DocumentReader::instant(std::string_view member) const {
    const auto written = text(member);
    const auto when    = written ? parse_rfc3339(*written) : std::nullopt;
    if (written && !when) refuse(policy::kSchemaRule, member, "this is not an RFC 3339 time");
    return when;
}

json::value time_or_null(const std::optional<Instant>& when) { return when ? json::value(to_rfc3339(*when)) : json::value(nullptr); }

json::value created_or_null(Instant when) { return when != Instant{} ? json::value(to_rfc3339(when)) : json::value(nullptr); }

}  // namespace portcullis::wire
