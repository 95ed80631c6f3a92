#include "core/credentials/password_protection.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::credentials {
namespace {

constexpr std::size_t kTermLengthMin  = 4;   // credentials.md §11.1
constexpr std::size_t kTermLengthMax  = 32;  // custom terms have at most 16; organisations' names may be longer
constexpr std::size_t kNameLengthMin  = 4;   // §11.2 A
constexpr std::size_t kFuzzyLengthMin = 5;   // §11.2, fuzzyMin

/// Code points of well-formed UTF-8.
std::u32string decode(std::string_view utf8) {
    std::u32string out;
    out.reserve(utf8.size());
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead  = static_cast<unsigned char>(utf8[i]);
        const int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t rune    = lead & (length == 1 ? 0x7F : 0x7F >> length);
        for (int k = 1; k < length; ++k)
            rune = rune << 6 | (static_cast<unsigned char>(utf8[i + std::size_t(k)]) & 0x3F);
        out.push_back(rune);
        i += std::size_t(length);
    }
    return out;
}

std::string encode(std::u32string_view runes) {
    std::string out;
    for (const char32_t rune : runes) {
        const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | (rune >> shift & 0x3F))); };
        if (rune < 0x80) {
            out.push_back(static_cast<char>(rune));
        } else if (rune < 0x800) {
            out.push_back(static_cast<char>(0xC0 | rune >> 6));
            tail(0);
        } else if (rune < 0x10000) {
            out.push_back(static_cast<char>(0xE0 | rune >> 12));
            tail(6);
            tail(0);
        } else {
            out.push_back(static_cast<char>(0xF0 | rune >> 18));
            tail(12);
            tail(6);
            tail(0);
        }
    }
    return out;
}

}  // namespace

char32_t normalise(char32_t c) {
    switch (c) {
        case U'0': return U'o';
        case U'1': return U'l';
        case U'$': return U's';
        case U'@': return U'a';
        default: return c >= U'A' && c <= U'Z' ? c + 32 : c;
    }
}

namespace {

// Polynomial hashes modulo 2^64: the hash of a window, or of a window without one character, in constant time. A
// collision costs a comparison, never a wrong answer: every candidate is compared with the term itself.
constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15ULL;

std::uint64_t finish(std::uint64_t hash, std::uint64_t salt) {
    std::uint64_t x = hash ^ (salt * 0xD6E8FEB86659FD93ULL);
    x               = (x ^ x >> 32) * 0xD6E8FEB86659FD93ULL;
    return x ^ x >> 29;
}

}  // namespace

/// Prefix hashes of one normalised password.
class BannedTerms::Window {
public:
    explicit Window(std::u32string_view text) : text_(text), prefix_(text.size() + 1), power_(text.size() + 1) {
        power_[0] = 1;
        for (std::size_t i = 0; i < text.size(); ++i) {
            prefix_[i + 1] = prefix_[i] * kBase + text[i] + 1;
            power_[i + 1]  = power_[i] * kBase;
        }
    }

    [[nodiscard]] std::u32string_view at(std::size_t begin, std::size_t length) const {
        return text_.substr(begin, length);
    }
    [[nodiscard]] std::uint64_t hash(std::size_t begin, std::size_t length) const {
        return prefix_[begin + length] - prefix_[begin] * power_[length];
    }
    /// Of the window without its character number `hole`.
    [[nodiscard]] std::uint64_t hash_without(std::size_t begin, std::size_t length, std::size_t hole) const {
        const std::size_t rest = length - hole - 1;
        return hash(begin, hole) * power_[rest] + hash(begin + hole + 1, rest);
    }

    static std::uint64_t whole_key(std::uint64_t hash, std::size_t length) { return finish(hash, length); }
    static std::uint64_t holed_key(std::uint64_t hash, std::size_t length, std::size_t hole) {
        return finish(hash, length << 16 | (hole + 1) << 8);
    }

private:
    std::u32string_view text_;
    std::vector<std::uint64_t> prefix_, power_;
};

void BannedTerms::Index::seal() {
    std::ranges::sort(entries, {}, &Entry::key);
    const std::size_t bits = std::bit_ceil(std::max<std::size_t>(entries.size() * 16, 64));
    mask                   = bits - 1;
    filter.assign(bits / 64, 0);
    for (const auto& entry : entries) filter[(entry.key & mask) / 64] |= std::uint64_t{1} << (entry.key & 63);
}

bool BannedTerms::Index::may_have(std::uint64_t key) const {
    return !filter.empty() && (filter[(key & mask) / 64] >> (key & 63) & 1) != 0;
}

std::span<const BannedTerms::Entry> BannedTerms::Index::at(std::uint64_t key) const {
    if (!may_have(key)) return {};
    const auto [first, last] = std::ranges::equal_range(entries, key, {}, &Entry::key);
    return {first, last};
}

BannedTerms::BannedTerms(TermSource source, std::span<const std::string> terms) : source_(source) {
    for (const auto& term : terms) {
        if (!is_utf8(term)) continue;
        auto normalised = normalise(term);
        if (normalised.size() >= kTermLengthMin && normalised.size() <= kTermLengthMax)
            terms_.push_back(std::move(normalised));
    }
    std::ranges::sort(terms_);
    terms_.erase(std::unique(terms_.begin(), terms_.end()), terms_.end());

    for (std::uint32_t number = 0; number < terms_.size(); ++number) {
        const auto& term         = terms_[number];
        const std::size_t length = term.size();
        const Window window(term);
        whole_.add(Window::whole_key(window.hash(0, length), length), number);
        term_lengths_ |= std::uint64_t{1} << length;
        const bool is_fuzzy = length >= kFuzzyLengthMin;
        shortest_           = std::min(shortest_ == 0 ? length : shortest_, is_fuzzy ? length - 1 : length);
        longest_            = std::max(longest_, is_fuzzy ? length + 1 : length);
        if (!is_fuzzy) continue;
        fuzzy_lengths_ |= std::uint64_t{1} << length;
        for (std::size_t hole = 0; hole < length; ++hole) {
            const auto hash = window.hash_without(0, length, hole);
            deleted_.add(Window::whole_key(hash, length - 1), number);
            holed_.add(Window::holed_key(hash, length, hole), number);
        }
    }
    whole_.seal();
    deleted_.seal();
    holed_.seal();
}

const std::u32string* BannedTerms::match(const Window& window, std::size_t begin, std::size_t length) const {
    if (length < shortest_ || length > longest_) return nullptr;
    if (const auto* term = exact(window, begin, length)) return term;
    if (const auto* term = shortened(window, begin, length)) return term;
    if (const auto* term = substituted(window, begin, length)) return term;
    return lengthened(window, begin, length);
}

/// w == t
const std::u32string* BannedTerms::exact(const Window& window, std::size_t begin, std::size_t length) const {
    if ((term_lengths_ >> length & 1) == 0) return nullptr;
    for (const auto& entry : whole_.at(Window::whole_key(window.hash(begin, length), length))) {
        if (terms_[entry.term] == window.at(begin, length)) return &terms_[entry.term];
    }
    return nullptr;
}

namespace {
bool equal_without(std::u32string_view shorter, std::u32string_view longer, std::size_t hole) {
    return longer.substr(0, hole) == shorter.substr(0, hole) && longer.substr(hole + 1) == shorter.substr(hole);
}
}  // namespace

/// w is t without one character, wherever it stood.
const std::u32string* BannedTerms::shortened(const Window& window, std::size_t begin, std::size_t length) const {
    if ((fuzzy_lengths_ >> (length + 1) & 1) == 0) return nullptr;
    const auto text = window.at(begin, length);
    for (const auto& entry : deleted_.at(Window::whole_key(window.hash(begin, length), length))) {
        const auto& term = terms_[entry.term];
        if (term.size() != length + 1) continue;
        for (std::size_t hole = 0; hole <= length; ++hole) {
            if (equal_without(text, term, hole)) return &term;
        }
    }
    return nullptr;
}

/// w is t with another character in one place.
const std::u32string* BannedTerms::substituted(const Window& window, std::size_t begin, std::size_t length) const {
    if ((fuzzy_lengths_ >> length & 1) == 0) return nullptr;
    const auto text = window.at(begin, length);
    for (std::size_t hole = 0; hole < length; ++hole) {
        const auto key = Window::holed_key(window.hash_without(begin, length, hole), length, hole);
        for (const auto& entry : holed_.at(key)) {
            const std::u32string_view term = terms_[entry.term];
            if (term.size() == length && term.substr(0, hole) == text.substr(0, hole) &&
                term.substr(hole + 1) == text.substr(hole + 1)) {
                return &terms_[entry.term];
            }
        }
    }
    return nullptr;
}

/// w is t with one more character inside; one more at either end is a character of its own (§11.2, Edge rule).
const std::u32string* BannedTerms::lengthened(const Window& window, std::size_t begin, std::size_t length) const {
    if ((fuzzy_lengths_ >> (length - 1) & 1) == 0) return nullptr;
    const auto text = window.at(begin, length);
    for (std::size_t hole = 1; hole + 1 < length; ++hole) {
        for (const auto& entry : whole_.at(Window::whole_key(window.hash_without(begin, length, hole), length - 1))) {
            const auto& term = terms_[entry.term];
            if (term.size() != length - 1 || !equal_without(term, text, hole)) continue;
            if (text.substr(1) != term && text.substr(0, length - 1) != term) return &term;
        }
    }
    return nullptr;
}

std::u32string normalise(std::string_view folded) {
    auto runes = decode(folded);
    for (auto& rune : runes) rune = normalise(rune);
    return runes;
}

namespace {

/// The best piece that begins at one place, and the points from there to the end.
struct Step {
    int points                 = 0;
    std::size_t length         = 1;
    const BannedTerms* list    = nullptr;
    const std::u32string* term = nullptr;
};

std::vector<Segment> pieces(std::u32string_view text, std::span<const Step> best) {
    std::vector<Segment> out;
    for (std::size_t i = 0; i < text.size(); i += best[i].length) {
        const auto& step = best[i];
        out.push_back({encode(text.substr(i, step.length)), step.term ? encode(*step.term) : std::string{},
                       step.list ? step.list->source() : TermSource::global});
    }
    return out;
}

}  // namespace

std::vector<Segment> segment(std::u32string_view normalised, const PasswordLists& lists) {
    const BannedTerms::Window window(normalised);
    const std::size_t n = normalised.size();
    const std::array all{&lists.organisation, &lists.global};

    // best[len(n)] = 0
    std::vector<Step> best(n + 1);
    // for i from len(n)-1 down to 0:
    for (std::size_t i = n; i-- > 0;) {
        // best[i] = 1 + best[i+1]                               # a remaining character
        best[i] = {1 + best[i + 1].points};
        // for t in T, for window w = n[i : i+l], l in {|t|-1, |t|, |t|+1}:
        for (const auto* list : all) {
            const std::size_t longest = std::min(list->longest(), n - i);
            for (std::size_t length = std::max<std::size_t>(list->shortest(), 1); length <= longest; ++length) {
                // if match(w,t): best[i] = min(best[i], 1 + best[i+l])   # a banned term
                if (1 + best[i + length].points >= best[i].points) continue;
                if (const auto* term = list->match(window, i, length)) {
                    best[i] = {1 + best[i + length].points, length, list, term};
                }
            }
        }
    }
    return pieces(normalised, best);
}

namespace {

bool is_ascii_word(unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Parts of a display name: cut at everything but letters and digits.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (is_ascii_word(static_cast<unsigned char>(c))) {
            words.back().push_back(c);
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    return words;
}

/// {given name, family name, org name, account name, display-name parts} with len >= 4, normalised.
std::vector<std::u32string> names_of(const PasswordOwner& owner) {
    auto names = words_of(owner.display_name);
    names.insert(names.end(), {owner.given_name, owner.family_name, owner.organisation,
                               owner.account.substr(0, owner.account.find('@'))});
    std::vector<std::u32string> out;
    for (const auto& name : names) {
        if (!is_utf8(name)) continue;
        auto normalised = normalise(name);
        if (normalised.size() >= kNameLengthMin && std::ranges::find(out, normalised) == out.end()) {
            out.push_back(std::move(normalised));
        }
    }
    return out;
}

/// Lower, upper, digit, symbol (credentials.md §12, compatible).
int character_classes(std::string_view text) {
    bool lower = false, upper = false, digit = false, symbol = false;
    for (const char c : text) {
        const bool is_lower = c >= 'a' && c <= 'z', is_upper = c >= 'A' && c <= 'Z', is_digit = c >= '0' && c <= '9';
        lower |= is_lower;
        upper |= is_upper;
        digit |= is_digit;
        symbol |= !is_lower && !is_upper && !is_digit;
    }
    return int{lower} + int{upper} + int{digit} + int{symbol};
}

void check_form(const PasswordCandidate& candidate, const PasswordRules& rules,
                std::vector<PasswordFinding>& findings) {
    const std::size_t length = decode(candidate.chosen).size();
    if (length < rules.length_min) findings.push_back({PasswordProblem::tooShort, {}});
    if (length > rules.length_max) findings.push_back({PasswordProblem::tooLong, {}});
    if (rules.profile == PasswordProfile::modern) return;
    const bool is_printable = std::ranges::all_of(candidate.chosen, [](char c) { return c >= 0x20 && c <= 0x7E; });
    if (!is_printable) findings.push_back({PasswordProblem::charactersNotAllowed, {}});
    if (character_classes(candidate.chosen) < 3) findings.push_back({PasswordProblem::tooFewClasses, {}});
}

/// The distinct banned terms of a segmentation, as reasons. Too few characters without any term count as guessable.
std::vector<PasswordFinding> term_findings(std::span<const Segment> segments) {
    std::vector<PasswordFinding> out;
    for (const auto& piece : segments) {
        if (piece.term.empty()) continue;
        PasswordFinding found{piece.source == TermSource::organisation ? PasswordProblem::bannedByOrganisation
                                                                       : PasswordProblem::guessable,
                              piece.term};
        if (std::ranges::find(out, found) == out.end()) out.push_back(std::move(found));
    }
    if (out.empty()) out.push_back({PasswordProblem::guessable, {}});
    return out;
}

}  // namespace

PasswordVerdict check_password(const PasswordCandidate& candidate, const PasswordOwner& owner,
                               const PasswordRules& rules, const PasswordLists& lists) {
    const bool has_nul = candidate.chosen.find('\0') != std::string_view::npos;
    if (has_nul || !is_utf8(candidate.chosen) || !is_utf8(candidate.folded)) {
        return {{{PasswordProblem::malformed, {}}}};
    }
    PasswordVerdict verdict;
    check_form(candidate, rules, verdict.findings);
    // What is too long to store is not worth segmenting either.
    if (std::ranges::find(verdict.findings, PasswordProblem::tooLong, &PasswordFinding::problem) !=
        verdict.findings.end()) {
        return verdict;
    }

    const auto normalised = normalise(candidate.folded);
    for (const auto& name : names_of(owner)) {
        if (normalised.find(name) == std::u32string::npos) continue;
        verdict.findings.push_back({PasswordProblem::containsName, encode(name)});
    }
    const auto segments = segment(normalised, lists);
    verdict.points      = static_cast<int>(segments.size());
    if (verdict.points < rules.points_min) {
        auto found = term_findings(segments);
        verdict.findings.insert(verdict.findings.end(), found.begin(), found.end());
    }
    if (is_seen_too_often(candidate.chosen)) verdict.findings.push_back({PasswordProblem::seenTooOften, {}});
    return verdict;
}

std::string_view to_string(PasswordProblem problem) {
    switch (problem) {
        case PasswordProblem::malformed: return "malformed";
        case PasswordProblem::tooShort: return "tooShort";
        case PasswordProblem::tooLong: return "tooLong";
        case PasswordProblem::charactersNotAllowed: return "charactersNotAllowed";
        case PasswordProblem::tooFewClasses: return "tooFewClasses";
        case PasswordProblem::containsName: return "containsName";
        case PasswordProblem::guessable: return "guessable";
        case PasswordProblem::bannedByOrganisation: return "bannedByOrganisation";
        case PasswordProblem::seenTooOften: return "seenTooOften";
        case PasswordProblem::sameAsCurrent: return "sameAsCurrent";
        case PasswordProblem::recentlyUsed: return "recentlyUsed";
    }
    return {};
}

bool is_audited_only(PasswordProblem problem) {
    switch (problem) {
        case PasswordProblem::containsName:
        case PasswordProblem::guessable:
        case PasswordProblem::bannedByOrganisation:
        case PasswordProblem::seenTooOften: return true;
        case PasswordProblem::malformed:
        case PasswordProblem::tooShort:
        case PasswordProblem::tooLong:
        case PasswordProblem::charactersNotAllowed:
        case PasswordProblem::tooFewClasses:
        case PasswordProblem::sameAsCurrent:
        case PasswordProblem::recentlyUsed: break;
    }
    return false;
}

StsError register_code(PasswordProblem problem) {
    switch (problem) {
        case PasswordProblem::malformed:
        case PasswordProblem::tooShort:
        case PasswordProblem::tooLong:
        case PasswordProblem::charactersNotAllowed:
        case PasswordProblem::tooFewClasses:
        case PasswordProblem::seenTooOften:
        case PasswordProblem::sameAsCurrent:
        case PasswordProblem::recentlyUsed: return StsError::PasswordChangeInvalidNewPasswordWeak;
        case PasswordProblem::containsName: return StsError::PasswordChangeInvalidNewPasswordContainsMemberName;
        case PasswordProblem::guessable:
        case PasswordProblem::bannedByOrganisation: return StsError::PasswordChangePasswordDoesnotComplyFuzzyPolicy;
    }
    return StsError::PasswordChangeFailure;
}

StsError register_code(std::span<const PasswordFinding> reasons) {
    using enum StsError;
    auto worst = reasons.empty() ? PasswordChangeFailure : PasswordChangeInvalidNewPasswordWeak;
    for (const auto& reason : reasons) {
        const auto code = register_code(reason.problem);
        if (code == PasswordChangeInvalidNewPasswordContainsMemberName) return code;
        if (code == PasswordChangePasswordDoesnotComplyFuzzyPolicy) worst = code;
    }
    return worst;
}

}  // namespace portcullis::credentials
