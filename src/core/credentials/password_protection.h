#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/terms/error_codes.h"

/// Password protection: length and character rules, names, banned terms, passwords seen too often.
/// Source: credentials.md §11, §12 (the algorithm of §11.2 is normative). Pure: Unicode folding is done before.
namespace portcullis::credentials {

/// Which set of rules a tenant has chosen (credentials.md §12).
enum class PasswordProfile { modern, compatible };

/// What must hold of every new password.
struct PasswordRules {
    PasswordProfile profile = PasswordProfile::modern;
    /// Code points. 8 where MFA stands beside the password, 15 where a password alone can sign in (§12).
    std::size_t length_min = 8;
    std::size_t length_max = 256;
    int points_min         = 5;  ///< §11.2 B: 1 per banned term, 1 per remaining character
};

/// A proposed password in the two forms the rules look at. Both UTF-8.
struct PasswordCandidate {
    std::string_view chosen;  ///< as it will be stored: NFC, nothing trimmed
    std::string_view folded;  ///< NFKC and case-folded
};

/// Names that must not be in the password (§11.2 A), each NFKC and case-folded; an empty one is not known.
struct PasswordOwner {
    std::string given_name;
    std::string family_name;
    std::string organisation;
    std::string account;       ///< user principal name or account name; the part before `@` counts
    std::string display_name;  ///< its parts count, cut at everything but letters and digits
};

/// Whose list a banned term stands on.
enum class TermSource : std::uint8_t { global, organisation };

/// A list of banned terms, compiled once and read by any number of threads.
/// Terms of fewer than 4 or more than 32 characters are left out. Exact and fuzzy matches cost the same whatever the
/// number of terms: rolling hashes against a deletion-neighbour index (§11.2, Cost).
class BannedTerms {
public:
    BannedTerms() = default;
    /// `terms`: NFKC and case-folded, in any order.
    explicit BannedTerms(TermSource source, std::span<const std::string> terms);

    /// A term that the window `[begin, begin + length)` matches: exactly, or at edit distance 1 when the term has 5
    /// or more characters and the window is not the term plus a character at either end.
    class Window;
    [[nodiscard]] const std::u32string* match(const Window& window, std::size_t begin, std::size_t length) const;

    [[nodiscard]] TermSource source() const { return source_; }
    [[nodiscard]] std::size_t size() const { return terms_.size(); }
    /// Lengths of the shortest and longest window that can match; 0 when there is no term.
    [[nodiscard]] std::size_t shortest() const { return shortest_; }
    [[nodiscard]] std::size_t longest() const { return longest_; }

private:
    struct Entry {
        std::uint64_t key;
        std::uint32_t term;
    };
    /// Hash keys with a bit filter in front, so that a miss costs one load.
    struct Index {
        std::vector<Entry> entries;
        std::vector<std::uint64_t> filter;
        std::uint64_t mask = 0;
        void add(std::uint64_t key, std::uint32_t term) { entries.push_back({key, term}); }
        void seal();
        [[nodiscard]] bool may_have(std::uint64_t key) const;
        [[nodiscard]] std::span<const Entry> at(std::uint64_t key) const;
    };

    const std::u32string* exact(const Window& window, std::size_t begin, std::size_t length) const;
    const std::u32string* shortened(const Window& window, std::size_t begin, std::size_t length) const;
    const std::u32string* substituted(const Window& window, std::size_t begin, std::size_t length) const;
    const std::u32string* lengthened(const Window& window, std::size_t begin, std::size_t length) const;

    TermSource source_ = TermSource::global;
    std::vector<std::u32string> terms_;  // normalised, sorted, unique
    Index whole_;                        // the term
    Index deleted_;                      // the term without one character
    Index holed_;                        // the same, with the place of the hole
    std::uint64_t term_lengths_  = 0;    // bit n: a term of n characters exists
    std::uint64_t fuzzy_lengths_ = 0;    // the same for terms long enough to match fuzzily
    std::size_t shortest_        = 0;
    std::size_t longest_         = 0;
};

/// The lists a tenant's passwords are held against.
struct PasswordLists {
    const BannedTerms& global;
    const BannedTerms& organisation;
};

/// The product's own global list: spray words, months, weekdays, seasons, keyboard walks, sports, the product's name.
std::span<const std::string_view> global_banned_terms();
/// The same, compiled. Costs milliseconds: make it once.
BannedTerms compile_global_terms();

/// True for a password that attackers try first: one of the common ones that meet the length rule, or one of their
/// words (in any case and with the usual substitutions), once or doubled, with a usual ending such as a year or `123!`.
/// `chosen` as typed (§11.1, product breach corpus; ASVS 6.2.4).
bool is_seen_too_often(std::string_view chosen);

/// Why a password is refused. `recentlyUsed` and `sameAsCurrent` are found by whoever can verify old hashes.
enum class PasswordProblem : std::uint8_t {
    malformed,  ///< not UTF-8, or NUL inside
    tooShort,
    tooLong,
    charactersNotAllowed,  ///< compatible profile: printable ASCII only
    tooFewClasses,         ///< compatible profile: three of lower, upper, digit, symbol
    containsName,
    guessable,             ///< terms of the global list
    bannedByOrganisation,  ///< terms of the tenant's list
    seenTooOften,
    sameAsCurrent,
    recentlyUsed,
};
inline constexpr std::array kPasswordProblems{PasswordProblem::malformed,     PasswordProblem::tooShort,
                                              PasswordProblem::tooLong,       PasswordProblem::charactersNotAllowed,
                                              PasswordProblem::tooFewClasses, PasswordProblem::containsName,
                                              PasswordProblem::guessable,     PasswordProblem::bannedByOrganisation,
                                              PasswordProblem::seenTooOften,  PasswordProblem::sameAsCurrent,
                                              PasswordProblem::recentlyUsed};
/// Key in the message catalogue: `tooShort`, ...
std::string_view to_string(PasswordProblem problem);
/// Whether a tenant that only audits password protection lets it pass: names, lists and breaches, never the form or the history.
bool is_audited_only(PasswordProblem problem);
/// Register code of credentials.md §10.4: 120002, 120003 or 120018.
StsError register_code(PasswordProblem problem);

/// One reason, and the term or name found where there is one (folded and normalised; never log it).
struct PasswordFinding {
    PasswordProblem problem;
    std::string what;
    friend bool operator==(const PasswordFinding&, const PasswordFinding&) = default;
};

/// The register code of a refusal for these reasons: a name before words that are easy to guess, these before the rest.
StsError register_code(std::span<const PasswordFinding> reasons);

/// Every reason that applies, or none: then the password is accepted.
struct PasswordVerdict {
    std::vector<PasswordFinding> findings;
    int points = 0;  ///< of the segmentation; 0 when it was not reached
    [[nodiscard]] bool is_accepted() const { return findings.empty(); }
};

/// Checks a proposed password against everything but its owner's old passwords.
PasswordVerdict check_password(const PasswordCandidate& candidate, const PasswordOwner& owner,
                               const PasswordRules& rules, const PasswordLists& lists);

/// §11.2: lower-case (done by folding), then 0→o 1→l $→s @→a, one pass.
std::u32string normalise(std::string_view folded);
/// The same for one character; ASCII capitals become small letters too.
char32_t normalise(char32_t c);

/// One piece of a minimal segmentation.
struct Segment {
    std::string text;  ///< of the normalised password
    std::string term;  ///< the banned term it matches; empty: a remaining character
    TermSource source = TermSource::global;
};
/// §11.2 B: the pieces of a segmentation with the fewest points.
std::vector<Segment> segment(std::u32string_view normalised, const PasswordLists& lists);

}  // namespace portcullis::credentials
