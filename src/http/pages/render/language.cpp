#include "http/pages/render/language.h"

#include <algorithm>
#include <optional>

namespace portcullis::pages {
namespace {

constexpr std::size_t kBytesMax   = 1000;
constexpr std::size_t kEntriesMax = 32;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// `qvalue` in thousandths: `0`, `0.5`, `1.000`.
std::optional<int> weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    int value = (text[0] - '0') * 1000;
    if (text.size() == 1) return value;
    if (text[1] != '.') return std::nullopt;
    int unit = 100;
    for (const char c : text.substr(2)) {
        if (c < '0' || c > '9') return std::nullopt;
        value += (c - '0') * unit;
        unit /= 10;
    }
    return value > 1000 ? std::nullopt : std::optional(value);
}

struct Wish {
    std::string_view tag;
    int weight = 1000;
};

std::optional<Wish> parse_wish(std::string_view entry) {
    const auto semicolon = entry.find(';');
    const auto tag       = trimmed(entry.substr(0, semicolon));
    if (tag.empty()) return std::nullopt;
    if (semicolon == std::string_view::npos) return Wish{tag};

    const auto parameter = trimmed(entry.substr(semicolon + 1));
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return std::nullopt;
    const auto value = weight(parameter.substr(2));
    if (!value || *value == 0) return std::nullopt;
    return Wish{tag, *value};
}

}  // namespace

std::vector<std::string_view> accepted_languages(std::string_view header) {
    header = header.substr(0, kBytesMax);
    std::vector<Wish> wishes;
    while (!header.empty() && wishes.size() < kEntriesMax) {
        const auto comma = header.find(',');
        if (const auto wish = parse_wish(header.substr(0, comma))) wishes.push_back(*wish);
        header = comma == std::string_view::npos ? std::string_view{} : header.substr(comma + 1);
    }
    std::stable_sort(wishes.begin(), wishes.end(), [](const Wish& a, const Wish& b) { return a.weight > b.weight; });

    std::vector<std::string_view> tags;
    for (const auto& wish : wishes) tags.push_back(wish.tag);
    return tags;
}

std::string match_language(std::string_view tag, const std::vector<std::string>& available) {
    const auto primary = tag.substr(0, tag.find_first_of("-_"));
    const auto same    = [&](const std::string& language) {
        return std::equal(primary.begin(), primary.end(), language.begin(), language.end(),
                             [](char a, char b) { return lower(a) == b; });
    };
    const auto it = std::find_if(available.begin(), available.end(), same);
    return it == available.end() ? std::string{} : *it;
}

}  // namespace portcullis::pages
