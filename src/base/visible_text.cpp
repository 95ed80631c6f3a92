#include "base/visible_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace portcullis {
namespace {

constexpr char32_t kNoCharacter = 0xFFFD;

struct Range {
    char32_t first, last;
    [[nodiscard]] constexpr bool has(char32_t point) const { return first <= point && point <= last; }
};

/// Steer a terminal, turn the direction of writing, or are not seen at all. Emoji's variation selectors stay as they are.
constexpr auto kUnseen = std::to_array<Range>({
    {0x00, 0x1F},       {0x7F, 0x9F},           // C0, DEL, C1
    {0xAD, 0xAD},       {0x034F, 0x034F},       // soft hyphen, grapheme joiner
    {0x061C, 0x061C},   {0x180E, 0x180E},       // Arabic letter mark, Mongolian vowel separator
    {0x200B, 0x200F},   {0x2028, 0x202E},       // zero width, marks, line ends, embeddings and overrides
    {0x2060, 0x206F},   {0xFEFF, 0xFEFF},       // joiner, isolates, byte order mark
    {0xFFF0, 0xFFFB},   {0x1D173, 0x1D17A},     // annotations, musical controls
    {0xE0000, 0xE0FFF},                         // tags
});

/// Take room, or belong to another character, and show nothing.
constexpr auto kShapeless = std::to_array<Range>({
    {0x20, 0x20},     {0xA0, 0xA0},     {0x115F, 0x1160}, {0x1680, 0x1680}, {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200A}, {0x202F, 0x202F},
    {0x205F, 0x205F}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFFA0, 0xFFA0},
});

/// Of those, what a page needs: they do what they are for, and nothing is hidden by them that a page could not hide otherwise.
constexpr auto kOfText = std::to_array<Range>({
    {'\t', '\n'},            // white space
    {0x200C, 0x200D},        // joiners
    {0xE0020, 0xE007F},      // tags: flags of regions
});

template <std::size_t kCount>
bool is_in(const std::array<Range, kCount>& ranges, char32_t point) {
    return std::ranges::any_of(ranges, [point](const Range& range) { return range.has(point); });
}

struct Character {
    char32_t point;
    std::size_t bytes;
};

/// The first character of a text that is not empty; `kNoCharacter` for a byte that begins none.
Character first_of(std::string_view text) {
    const auto lead   = static_cast<unsigned char>(text.front());
    const auto length = lead < 0x80 ? 1u : lead >= 0xF0 ? 4u : lead >= 0xE0 ? 3u : 2u;
    if (length == 1) return {lead, 1};
    if (text.size() < length || !is_utf8(text.substr(0, length))) return {kNoCharacter, 1};
    char32_t point = lead & (0xFFu >> (length + 1));
    for (const char c : text.substr(1, length - 1)) point = (point << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
    return {point, length};
}

std::string escaped(char32_t point) {
    const auto value = static_cast<std::uint32_t>(point);
    if (value < 0x10000) return fmt::format("\\u{:04x}", value);
    return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((value - 0x10000) >> 10), 0xDC00 + ((value - 0x10000) & 0x3FF));
}

}  // namespace

bool is_blank(std::string_view text) {
    while (!text.empty()) {
        const auto [point, bytes] = first_of(text);
        if (!is_in(kUnseen, point) && !is_in(kShapeless, point)) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::string visible(std::string_view text) {
    const auto is_plain = [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\t'; };
    const auto plain    = std::ranges::find_if_not(text, is_plain) - text.begin();
    std::string shown(text.substr(0, static_cast<std::size_t>(plain)));
    text.remove_prefix(static_cast<std::size_t>(plain));
    while (!text.empty()) {
        const auto [point, bytes] = first_of(text);
        if (point == kNoCharacter) shown += "\xEF\xBF\xBD";
        else if (!is_in(kUnseen, point) || is_in(kOfText, point)) shown += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return shown;
}

std::string spelled_out(std::string_view text, LineEnds ends) {
    std::string shown;
    while (!text.empty()) {
        const auto [point, bytes] = first_of(text);
        const bool is_broken      = point == kNoCharacter && bytes == 1;
        const bool is_kept        = point == '\n' && ends == LineEnds::kept;
        if (is_broken || (is_in(kUnseen, point) && !is_kept)) shown += escaped(point);
        else shown += text.substr(0, bytes);
        text.remove_prefix(bytes);
    }
    return shown;
}

}  // namespace portcullis
