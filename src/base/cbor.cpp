#include "base/cbor.h"

#include <algorithm>
#include <limits>

#include "base/encoding.h"

namespace portcullis::cbor {
namespace {

constexpr int kDepthMax = 8;  // protocols.md §16.2, row 7

/// The head of an item (RFC 8949 §3): major type, additional information, argument.
struct Head {
    unsigned major = 0;
    unsigned additional = 0;
    std::uint64_t argument = 0;
};

class Parser {
public:
    explicit Parser(std::string_view bytes) : bytes_(bytes) {}

    std::optional<Item> item(int depth) {
        const auto from = at_;
        const auto head = read_head();
        if (!head || depth > kDepthMax) return std::nullopt;
        Item item;
        if (!fill(item, *head, depth)) return std::nullopt;
        item.encoded = bytes_.substr(from, at_ - from);
        return item;
    }

private:
    std::optional<Head> read_head() {
        if (at_ >= bytes_.size()) return std::nullopt;
        const auto first = static_cast<unsigned char>(bytes_[at_++]);
        Head head{.major = unsigned{first} >> 5, .additional = first & 0x1FU, .argument = first & 0x1FU};
        if (head.additional < 24) return head;
        // 28 to 30 are reserved, 31 is an indefinite length.
        if (head.additional > 27) return std::nullopt;
        const std::size_t size = std::size_t{1} << (head.additional - 24);
        if (bytes_.size() - at_ < size) return std::nullopt;
        head.argument = 0;
        for (std::size_t i = 0; i < size; ++i) head.argument = head.argument << 8 | static_cast<unsigned char>(bytes_[at_++]);
        return head;
    }

    bool fill(Item& item, const Head& head, int depth) {
        switch (head.major) {
            case 0:
            case 1: return fill_integer(item, head);
            case 2: return fill_string(item, head, Kind::bytes);
            case 3: return fill_string(item, head, Kind::text) && is_utf8(item.content);
            case 4: return fill_elements(item, head.argument, depth, Kind::array);
            case 5:
                if (head.argument > bytes_.size() / 2) return false;
                return fill_elements(item, head.argument * 2, depth, Kind::map) && has_proper_keys(item);
            case 7: return fill_simple(item, head);
            default: return false;  // 6: tags
        }
    }

    static bool fill_integer(Item& item, const Head& head) {
        if (head.argument > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return false;
        const auto magnitude = static_cast<std::int64_t>(head.argument);
        item.kind            = Kind::integer;
        item.integer         = head.major == 0 ? magnitude : -1 - magnitude;
        return true;
    }

    bool fill_string(Item& item, const Head& head, Kind kind) {
        if (head.argument > bytes_.size() - at_) return false;
        item.kind    = kind;
        item.content = bytes_.substr(at_, static_cast<std::size_t>(head.argument));
        at_ += item.content.size();
        return true;
    }

    bool fill_elements(Item& item, std::uint64_t count, int depth, Kind kind) {
        // Every element takes a byte at least, so a length beyond the input is refused before anything is allocated.
        if (count > bytes_.size() - at_) return false;
        item.kind = kind;
        for (std::uint64_t i = 0; i < count; ++i) {
            auto element = this->item(depth + 1);
            if (!element) return false;
            item.elements.push_back(std::move(*element));
        }
        return true;
    }

    static bool fill_simple(Item& item, const Head& head) {
        if (head.additional < 20 || head.additional > 22) return false;
        item.kind    = head.additional == 22 ? Kind::null : Kind::boolean;
        item.integer = head.additional == 21 ? 1 : 0;
        return true;
    }

    /// Keys are integers or text, each once.
    static bool has_proper_keys(const Item& map) {
        std::vector<std::pair<std::int64_t, std::string_view>> keys;
        for (std::size_t i = 0; i < map.elements.size(); i += 2) {
            const auto& key = map.elements[i];
            if (key.kind == Kind::integer) keys.emplace_back(key.integer, std::string_view());
            else if (key.kind == Kind::text) keys.emplace_back(std::numeric_limits<std::int64_t>::min(), key.content);
            else return false;
        }
        std::ranges::sort(keys);
        return std::ranges::adjacent_find(keys) == keys.end();
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

template <class Matches>
const Item* find_in(const Item& map, Matches matches) {
    if (map.kind != Kind::map) return nullptr;
    for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
        if (matches(map.elements[i])) return &map.elements[i + 1];
    }
    return nullptr;
}

const Item* of_kind(const Item* item, Kind wanted) { return item && item->kind == wanted ? item : nullptr; }

}  // namespace

const Item* Item::find(std::int64_t key) const {
    return find_in(*this, [&](const Item& k) { return k.kind == Kind::integer && k.integer == key; });
}
const Item* Item::find(std::string_view key) const {
    return find_in(*this, [&](const Item& k) { return k.kind == Kind::text && k.content == key; });
}
const Item* Item::find(std::int64_t key, Kind wanted) const { return of_kind(find(key), wanted); }
const Item* Item::find(std::string_view key, Kind wanted) const { return of_kind(find(key), wanted); }

std::optional<Item> read_first(std::string_view bytes) { return Parser(bytes).item(1); }

std::optional<Item> read_all(std::string_view bytes) {
    auto item = read_first(bytes);
    if (!item || item->encoded.size() != bytes.size()) return std::nullopt;
    return item;
}

}  // namespace portcullis::cbor
