#include "adapters/geo/list_file.h"

#include <algorithm>
#include <array>

namespace portcullis::geo {
namespace {

constexpr std::size_t kNetworksMax  = 5'000'000;
constexpr std::size_t kLineBytesMax = 512;
constexpr std::size_t kGroupsMax    = 1000;

struct Category {
    std::string_view name;
    std::optional<app::Anonymizer> anonymizer;
    std::optional<app::ThreatCategory> threat;
};

// clang-format off
constexpr auto kCategories = std::to_array<Category>({
    {"tor",          app::Anonymizer::tor,   std::nullopt},
    {"vpn",          app::Anonymizer::vpn,   std::nullopt},
    {"proxy",        app::Anonymizer::proxy, std::nullopt},
    {"relay",        app::Anonymizer::relay, std::nullopt},
    {"actor",        std::nullopt,           app::ThreatCategory::actor},
    {"nation-state", std::nullopt,           app::ThreatCategory::actor},
    {"botnet",       std::nullopt,           app::ThreatCategory::botnet},
    {"c2",           std::nullopt,           app::ThreatCategory::c2},
    {"scanner",      std::nullopt,           app::ThreatCategory::scanner},
});
// clang-format on

class Parser {
public:
    explicit Parser(std::string name) { list_.name = std::move(name); }

    ListFile parse(std::string_view text) {
        while (const auto line = take_line(text)) {
            ++line_;
            if (line->size() > kLineBytesMax) refuse("line is too long");
            else read(trimmed(*line));
        }
        return std::move(list_);
    }

private:
    void refuse(std::string_view why) { list_.problems.add(line_, why); }

    void read(std::string_view line) {
        if (line.empty() || line.front() == ';') return;
        if (line.front() == '#') return header(trimmed(line.substr(1)));
        address(line.substr(0, line.find_first_of(",;# \t")));
    }

    void header(std::string_view text) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos) return;
        const auto name  = trimmed(text.substr(0, colon));
        const auto value = trimmed(text.substr(colon + 1));
        if (name == "category") set_category(value);
        else if (name == "confidence") set_confidence(value);
        else if (name == "expires") set_expires(value);
        else if (name == "updated") set_updated(value);
        else if (name == "ages") set_ages(value);
    }

    /// The group that the coming lines belong to: a new one when lines already refer to the present one.
    void change(const ListGroup& group) {
        current_   = group;
        has_group_ = false;
    }

    void set_category(std::string_view value) {
        const auto known = std::ranges::find(kCategories, value, &Category::name);
        auto group       = current_;
        group.anonymizer = known == kCategories.end() ? std::nullopt : known->anonymizer;
        group.threat     = known == kCategories.end() ? std::nullopt : known->threat;
        if (known == kCategories.end()) refuse("unknown category");
        change(group);
    }

    void set_confidence(std::string_view value) {
        auto group = current_;
        if (value == "low") group.confidence = app::ListConfidence::low;
        else if (value == "medium") group.confidence = app::ListConfidence::medium;
        else if (value == "high") group.confidence = app::ListConfidence::high;
        else return refuse("unknown confidence");
        change(group);
    }

    void set_expires(std::string_view value) {
        auto group       = current_;
        group.expires_at = parse_rfc3339(value);
        // An expiry we cannot read must not make the entries live for ever.
        if (!group.expires_at) {
            refuse("expiry is not an RFC 3339 time; the lines after it are refused");
            group.anonymizer.reset();
            group.threat.reset();
        }
        change(group);
    }

    void set_updated(std::string_view value) {
        list_.updated = parse_rfc3339(value);
        if (!list_.updated) refuse("update is not an RFC 3339 time");
    }

    void set_ages(std::string_view value) {
        if (value != "no" && value != "yes") return refuse("`ages` is neither yes nor no");
        list_.ages = value == "yes";
    }

    void address(std::string_view text) {
        const auto network = parse_cidr(text);
        if (!network) return refuse("not an address or network");
        if (!current_.anonymizer && !current_.threat) return refuse("no category is given for this line");
        if (network->first().is_private() || network->last().is_private()) return refuse("private or multicast address");
        if (network->bits() < (network->is_v4() ? 8 : 19)) return refuse("network is too wide");
        if (list_.networks.size() >= kNetworksMax) return refuse("too many networks");
        if (!has_group_) {
            if (list_.groups.size() >= kGroupsMax) return refuse("too many groups");
            list_.groups.push_back(current_);
            has_group_ = true;
        }
        list_.networks.push_back(*network);
        list_.group_of.push_back(static_cast<std::uint16_t>(list_.groups.size() - 1));
    }

    ListFile list_;
    ListGroup current_;
    bool has_group_   = false;
    std::size_t line_ = 0;
};

}  // namespace

ListFile parse_list(std::string name, std::string_view text) { return Parser(std::move(name)).parse(text.substr(0, kListBytesMax)); }

}  // namespace portcullis::geo
