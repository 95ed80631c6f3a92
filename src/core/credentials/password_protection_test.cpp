#include "core/credentials/password_protection.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <numeric>
#include <random>

namespace portcullis::credentials {
namespace {

using Terms = std::vector<std::string>;

const Terms kCustom{"contoso", "blank", "abcdef", "password", "summer", "acme"};

std::string folded(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string shown(const std::vector<Segment>& segments) {
    std::string out;
    for (const auto& piece : segments) {
        out += piece.term.empty() ? piece.text
                                  : "[" + piece.text + (piece.text == piece.term ? "" : "~" + piece.term) + "]";
    }
    return out;
}

std::vector<Segment> segments_of(std::string_view password, const Terms& custom) {
    const BannedTerms none, organisation(TermSource::organisation, custom);
    return segment(normalise(folded(password)), {none, organisation});
}

PasswordVerdict check(std::string_view password, const PasswordOwner& owner = {}, const PasswordRules& rules = {},
                      const Terms& custom = kCustom) {
    const BannedTerms global = compile_global_terms(), organisation(TermSource::organisation, custom);
    const auto text          = folded(password);
    return check_password({password, text}, owner, rules, {global, organisation});
}

bool has(const PasswordVerdict& verdict, PasswordProblem problem) {
    return std::ranges::find(verdict.findings, problem, &PasswordFinding::problem) != verdict.findings.end();
}

TEST_CASE("password protection scores every vector of credentials.md 11.3 (CRED-056, IDP-006)") {
    struct Row {
        std::string_view password, segments;
        std::size_t points;
    };
    const auto row = GENERATE(values<Row>({
        {"C0ntos0Blank12", "[contoso][blank]l2", 4},
        {"ContoS0Bl@nkf9!", "[contoso][blank]f9!", 5},
        {"Bl@nK", "[blank]", 1},
        {"abcdeg", "[abcdeg~abcdef]", 1},
        {"abcdefg", "[abcdef]g", 2},
        {"abcde", "[abcde~abcdef]", 1},
        {"abcxdef", "[abcxdef~abcdef]", 1},
        {"Passw0rd123", "[password]l23", 4},
        {"P@ssw0rd2024!", "[password]2o24!", 6},
        {"Summer2026!!", "[summer]2o26!!", 7},
        {"Acme-2026", "[acme]-2o26", 6},
        {"Bl4nkC0ntoso77", "[bl4nk~blank][contoso]77", 4},
        {"Contosso9!x", "[contosso~contoso]9!x", 4},
        {"xblankcontosoz", "x[blank][contoso]z", 4},
        {"c0nt0sc0nt0s0", "[contos~contoso][contoso]", 2},
        {"passpassword", "pass[password]", 5},
    }));
    CAPTURE(row.password);
    const auto segments = segments_of(row.password, kCustom);
    CHECK(segments.size() == row.points);
    CHECK(shown(segments) == row.segments);
}

TEST_CASE("variants of base terms are caught by the base terms (CRED-056, IDP-006)") {
    struct Row {
        std::string_view password;
        std::size_t points;
    };
    const auto row = GENERATE(
        values<Row>({{"Contoso!1", 3}, {"!Contoso", 2}, {"ContosoWidget", 2}, {"Contoso@London", 3}, {"LondonHQ", 3}}));
    CAPTURE(row.password);
    CHECK(segments_of(row.password, {"contoso", "london", "widget"}).size() == row.points);
}

TEST_CASE("fuzzy matching is one edit, from five characters, and never at the ends (CRED-058)") {
    struct Row {
        std::string_view what, password, segments;
    };
    const auto row = GENERATE(values<Row>({
        {"a four-letter term matches exactly", "acme", "[acme]"},
        {"a four-letter term never matches fuzzily", "acne", "acne"},
        {"two edits are two", "bIankk", "[biank~blank]k"},
        {"two substitutions", "bxyenk", "bxyenk"},
        {"swapped letters are two edits", "balnk", "balnk"},
        {"a character before is its own", "xblank", "x[blank]"},
        {"a character after is its own", "blankx", "[blank]x"},
        {"a character inside is absorbed", "blaXnk", "[blaxnk~blank]"},
        {"the first character missing", "lank", "[lank~blank]"},
        {"nothing banned", "zq8#vk", "zq8#vk"},
        {"empty", "", ""},
    }));
    CAPTURE(row.what);
    CHECK(shown(segments_of(row.password, kCustom)) == row.segments);
}

TEST_CASE("a doubled letter at the edge of a term is not absorbed either (CRED-058)") {
    CHECK(shown(segments_of("aabcdef", {"abcdef"})) == "a[abcdef]");
    CHECK(shown(segments_of("abcdeff", {"abcdef"})) == "[abcdef]f");
}

TEST_CASE("a contained name of four or more characters rejects outright (CRED-057, IDP-006)") {
    struct Row {
        std::string_view what, password;
        PasswordOwner owner;
        bool is_refused;
    };
    const auto row = GENERATE(values<Row>({
        {"given name", "p0LL23fb", {.given_name = "poll"}, true},
        {"family name inside", "xx-h@mpton-77q", {.family_name = "hampton"}, true},
        {"organisation", "myc0nt0so-zz9k", {.organisation = "contoso"}, true},
        {"account before the at sign", "9alice77-wuvz", {.account = "alice@contoso.example"}, true},
        {"domain is no name of the person", "example-wuvz-93", {.account = "alice@contoso.example"}, false},
        {"part of the display name", "verbeek-qp-93", {.display_name = "anna-lena verbeek (it)"}, true},
        {"three letters do not count", "x-ann-zz9k-wq", {.given_name = "ann"}, false},
        {"name not inside", "zz9k-wq-pl4t", {.given_name = "poll"}, false},
        {"a name is not matched fuzzily", "p0lk23fb-wqz9", {.given_name = "poll"}, false},
    }));
    CAPTURE(row.what);
    CHECK(has(check(row.password, row.owner), PasswordProblem::containsName) == row.is_refused);
}

TEST_CASE("the documented examples are refused and accepted as a whole (IDP-006)") {
    CHECK(has(check("C0ntos0Blank12"), PasswordProblem::bannedByOrganisation));
    CHECK(check("ContoS0Bl@nkf9!").is_accepted());
    CHECK(has(check("P@ssw0rd2024!"), PasswordProblem::seenTooOften));
    CHECK(has(check("Summer2026!!"), PasswordProblem::seenTooOften));
    CHECK(has(check("passpassword"), PasswordProblem::seenTooOften));
    CHECK(check("Acme-2026").is_accepted());
    CHECK(has(check("Monday12", {}, {}, {}), PasswordProblem::guessable));
    CHECK(check("violet heron under 7 lamps", {}, {}, {}).is_accepted());
}

TEST_CASE("CRED-063 length and characters follow the profile") {
    struct Row {
        std::string_view what;
        std::string password;
        PasswordRules rules;
        std::vector<PasswordProblem> problems;
    };
    using enum PasswordProblem;
    constexpr PasswordRules modern{}, alone{.length_min = 15}, compatible{.profile = PasswordProfile::compatible};
    const auto row = GENERATE_COPY(values<Row>({
        {"seven characters", "zq8#vkw", modern, {tooShort}},
        {"eight characters", "zq8#vkwu", modern, {}},
        {"fourteen where the password stands alone", "zq8#vkwu-ybe3m", alone, {tooShort}},
        {"fifteen where the password stands alone", "zq8#vkwu-ybe3mr", alone, {}},
        {"eight code points of several bytes", "żółćęśąń", modern, {}},
        {"256 characters", std::string(128, '#') + std::string(128, '%'), modern, {}},
        {"257 characters", std::string(257, '#'), modern, {tooLong}},
        {"NUL", std::string("zq8#\0vkwu", 9), modern, {malformed}},
        {"not UTF-8", "zq8#vkwu\xC3", modern, {malformed}},
        {"blanks count", "z q 8 # v", modern, {}},
        {"compatible refuses Unicode", "Zq8#vkwuż", compatible, {charactersNotAllowed}},
        {"compatible wants three classes", "zqkvmwurb8", compatible, {tooFewClasses}},
        {"compatible takes three classes", "Zqkvmwurb8", compatible, {}},
        {"compatible takes a blank as symbol", "zqk vmwurb8", compatible, {}},
        {"several reasons at once", "ż", compatible, {tooShort, charactersNotAllowed, tooFewClasses, guessable}},
    }));
    CAPTURE(row.what);
    std::vector<PasswordProblem> problems;
    for (const auto& finding : check(row.password, {}, row.rules).findings) problems.push_back(finding.problem);
    CHECK(problems == row.problems);
}

TEST_CASE("every reason has a key and a code of the change service's register") {
    for (const auto problem : kPasswordProblems) {
        CAPTURE(to_string(problem));
        CHECK_FALSE(to_string(problem).empty());
        const auto number = number_of(register_code(problem));
        CHECK((number == 120002 || number == 120003 || number == 120018));
    }
    CHECK(number_of(register_code(PasswordProblem::tooShort)) == 120002);
    CHECK(number_of(register_code(PasswordProblem::containsName)) == 120003);
    CHECK(number_of(register_code(PasswordProblem::guessable)) == 120018);
}

TEST_CASE("passwords that every attacker tries first are refused") {
    const auto* seen = GENERATE("password", "PASSWORD1", "Passw0rd!", "P@$$w0rd", "Welcome1!", "Winter2025!",
                                "winter_2031", "qwerty123", "1q2w3e4r5t", "123456789", "iloveyou", "Monday123!",
                                "trustno1", "Trustn01!", "letmein@123", "AdminAdmin1", "PassPassword", "zaq12wsx",
                                "zxcvbnm,./", "Portcullis1!", "changeme12345678");
    CAPTURE(seen);
    CHECK(is_seen_too_often(seen));
}

TEST_CASE("other passwords have not been seen too often") {
    const auto* fresh =
        GENERATE("", "violet heron under 7 lamps", "passport-lodging", "monday-lamp-heron", "winterberry soup",
                 "ContoS0Bl@nkf9!", "zq8#vkwu-ybe3m", "summerhouse in the rain", "password98765432", "żółćęśąń");
    CAPTURE(fresh);
    CHECK_FALSE(is_seen_too_often(fresh));
}

TEST_CASE("the global list is fit for use: lower-case ASCII of four or more characters, no term twice") {
    Terms seen;
    for (const auto term : global_banned_terms()) {
        CAPTURE(term);
        CHECK(term.size() >= 4);
        CHECK(folded(term) == term);
        seen.emplace_back(term);
    }
    std::ranges::sort(seen);
    CHECK(std::ranges::adjacent_find(seen) == seen.end());
}

/// The definition of §11.2, as slow as it reads.
int levenshtein(std::u32string_view a, std::u32string_view b) {
    std::vector<int> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0]       = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int above = row[j];
            row[j]          = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal        = above;
        }
    }
    return row[b.size()];
}

bool defined_match(std::u32string_view w, std::u32string_view t) {
    if (w == t) return true;
    if (t.size() < 5 || levenshtein(w, t) != 1) return false;
    return w.size() != t.size() + 1 || (w.substr(1) != t && w.substr(0, t.size()) != t);
}

std::size_t defined_points(std::u32string_view n, std::span<const std::u32string> terms) {
    std::vector<std::size_t> best(n.size() + 1);
    for (std::size_t i = n.size(); i-- > 0;) {
        best[i] = 1 + best[i + 1];
        for (const auto& t : terms) {
            for (std::size_t l = t.size() - 1; l <= t.size() + 1 && i + l <= n.size(); ++l) {
                if (defined_match(n.substr(i, l), t)) best[i] = std::min(best[i], 1 + best[i + l]);
            }
        }
    }
    return best[0];
}

TEST_CASE("the index gives the points of the definition on random terms and passwords") {
    std::mt19937 random(7);
    const auto word = [&](std::size_t least, std::size_t most) {
        std::string text(least + random() % (most - least + 1), 'a');
        for (auto& c : text) c = static_cast<char>('a' + random() % 3);
        return text;
    };
    for (int round = 0; round < 150; ++round) {
        Terms terms;
        std::vector<std::u32string> normalised;
        for (int i = 0; i < 4; ++i) {
            terms.push_back(word(4, 7));
            normalised.push_back(normalise(terms.back()));
        }
        const auto password = word(1, 18);
        CAPTURE(password, terms);
        REQUIRE(segments_of(password, terms).size() == defined_points(normalise(password), normalised));
    }
}

TEST_CASE("ten thousand terms and 256 characters do not slow the check down") {
    std::mt19937 random(11);
    Terms terms;
    for (int i = 0; i < 10'000; ++i) {
        std::string term(4 + random() % 13, 'a');
        for (auto& c : term) c = static_cast<char>('a' + random() % 26);
        terms.push_back(term);
    }
    const BannedTerms none, many(TermSource::organisation, terms);
    std::string password;
    while (password.size() < 256) password += terms[random() % terms.size()].substr(1) + "x";
    const auto text  = normalise(std::string_view(password).substr(0, 256));
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(segment(text, {none, many}).empty());
    const auto took = std::chrono::steady_clock::now() - start;
    // 2 ms is the aim (credentials.md §11.2, Cost) and what optimised builds keep; the bound here only catches growth
    // with the number of terms, in any build and on a busy machine.
    CHECK(took < std::chrono::milliseconds{200});
}

}  // namespace
}  // namespace portcullis::credentials
