#include "adapters/user_agent/uap_regexes.h"

#include <fmt/format.h>
#include <malloc.h>
#include <re2/re2.h>
#include <re2/set.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <mutex>
#include <sstream>

#include "base/encoding.h"

namespace portcullis::user_agent {
namespace {

constexpr std::size_t kFileBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kFamilyMax    = 64;
constexpr int kGroupsMax            = 9;
/// Room for the states of one automaton; when hostile strings fill it, RE2 starts it afresh.
constexpr std::int64_t kAutomatonBytesMax = 8 * 1024 * 1024;

using Groups = std::array<re2::StringPiece, kGroupsMax + 1>;

RE2::Options options() {
    RE2::Options chosen;
    chosen.set_log_errors(false);
    chosen.set_max_mem(kAutomatonBytesMax);
    return chosen;
}

std::string_view view(const re2::StringPiece& piece) { return {piece.data(), piece.size()}; }

/// `text` with `$1`…`$9` replaced by what the groups matched (uap-core specification, "replacement").
std::string replaced(std::string_view text, const Groups& groups) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_group = text[i] == '$' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
        if (is_group) out += view(groups[static_cast<std::size_t>(text[++i] - '0')]);
        else out += text[i];
    }
    return out;
}

/// Trimmed, printable UTF-8, bounded: what a stranger sent becomes a name in our records.
std::string tidy(std::string text) {
    std::erase_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    const auto from = text.find_first_not_of(' ');
    if (from == std::string::npos) return {};
    text = text.substr(from, text.find_last_not_of(' ') - from + 1);
    return text.size() <= kFamilyMax && is_utf8(text) ? text : std::string();
}

struct Rule {
    std::string regex, family, major;
    mutable std::once_flag once;
    mutable std::unique_ptr<RE2> compiled;

    Rule(std::string r, std::string f, std::string m) : regex(std::move(r)), family(std::move(f)), major(std::move(m)) {}

    /// Compiled on its first match: of hundreds of expressions an installation meets a few dozen.
    const RE2& alone() const {
        std::call_once(once, [this] { compiled = std::make_unique<RE2>(regex, options()); });
        return *compiled;
    }
};

std::string text_at(const YAML::Node& rule, const char* name) { return rule[name] ? rule[name].as<std::string>() : std::string(); }

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kFileBytesMax + 1, '\0');
    if (!file) return Error{ErrorCode::unavailable, fmt::format("cannot open `{}`", path)};
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kFileBytesMax) return Error{ErrorCode::unavailable, fmt::format("`{}` is too large", path)};
    return text;
}

}  // namespace

class UapRegexes::Section {
public:
    Section(const YAML::Node& rules, const char* family, const char* major) : set_(options(), RE2::UNANCHORED) {
        for (const auto& rule : rules) {
            auto regex = rule["regex"].as<std::string>();
            if (set_.Add(regex, nullptr) < 0) ++refused_;
            else rules_.emplace_back(std::move(regex), text_at(rule, family), text_at(rule, major));
        }
        is_usable_ = !rules_.empty() && set_.Compile();
    }

    [[nodiscard]] Match match(std::string_view text) const {
        const re2::StringPiece piece(text.data(), text.size());
        std::vector<int> found;
        if (!set_.Match(piece, &found) || found.empty()) return {};
        const auto& rule = rules_[static_cast<std::size_t>(*std::ranges::min_element(found))];
        const auto& re   = rule.alone();
        Groups groups;
        const int count = std::min(re.NumberOfCapturingGroups(), kGroupsMax) + 1;
        if (!re.ok() || !re.Match(piece, 0, piece.size(), RE2::UNANCHORED, groups.data(), count)) return {};
        const auto family = rule.family.empty() ? std::string(view(groups[1])) : replaced(rule.family, groups);
        const auto major  = rule.major.empty() ? std::string(view(groups[2])) : replaced(rule.major, groups);
        return {tidy(family), tidy(major)};
    }

    [[nodiscard]] bool is_usable() const { return is_usable_; }
    [[nodiscard]] std::size_t size() const { return rules_.size(); }
    [[nodiscard]] std::size_t refused() const { return refused_; }

private:
    RE2::Set set_;
    std::deque<Rule> rules_;
    std::size_t refused_ = 0;
    bool is_usable_      = false;
};

Result<UapRegexes> UapRegexes::load(const std::string& path) {
    auto text = TRY(read_file(path));
    text.resize(std::min(text.size(), text.find("\ndevice_parsers:")));
    try {
        const auto file = YAML::Load(text);
        auto browsers   = std::make_unique<Section>(file["user_agent_parsers"], "family_replacement", "v1_replacement");
        auto systems    = std::make_unique<Section>(file["os_parsers"], "os_replacement", "os_v1_replacement");
        malloc_trim(0);  // compiling leaves twice as much free memory as it needs
        if (browsers->is_usable() && systems->is_usable()) return UapRegexes(std::move(browsers), std::move(systems));
    } catch (const std::exception& problem) {
        return Error{ErrorCode::unavailable, fmt::format("`{}` is not a uap-core file: {}", path, problem.what())};
    }
    return Error{ErrorCode::unavailable, fmt::format("`{}` has no usable expressions", path)};
}

UapRegexes::UapRegexes(std::unique_ptr<Section> browsers, std::unique_ptr<Section> systems)
    : browsers_(std::move(browsers)), systems_(std::move(systems)) {}
UapRegexes::UapRegexes(UapRegexes&&) noexcept            = default;
UapRegexes& UapRegexes::operator=(UapRegexes&&) noexcept = default;
UapRegexes::~UapRegexes()                                = default;

Match UapRegexes::browser(std::string_view user_agent) const { return browsers_->match(user_agent); }
Match UapRegexes::os(std::string_view user_agent) const { return systems_->match(user_agent); }
std::size_t UapRegexes::expressions() const { return browsers_->size() + systems_->size(); }
std::size_t UapRegexes::refused() const { return browsers_->refused() + systems_->refused(); }

}  // namespace portcullis::user_agent
