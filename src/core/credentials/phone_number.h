#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::credentials {

/// A telephone number with its country (ITU-T E.164): at most 15 digits, a calling code that is assigned, and a number behind it.
/// Whether the number exists is not known here.
class PhoneNumber {
public:
    /// `+4915112345678`.
    [[nodiscard]] std::string e164() const { return "+" + calling_code_ + national_; }
    /// `+49 15112345678`, as it is stored and shown to administrators (credentials.md §6.3).
    [[nodiscard]] std::string spaced() const { return "+" + calling_code_ + " " + national_; }
    /// `+49 XXXXXXXXX78`: enough for its owner to know it.
    [[nodiscard]] std::string masked() const;
    [[nodiscard]] const std::string& calling_code() const { return calling_code_; }

    bool operator==(const PhoneNumber&) const = default;

private:
    friend std::optional<PhoneNumber> parse_phone_number(std::string_view text);
    std::string calling_code_, national_;
};

/// `+CC number` with spaces, dots, hyphens, parentheses and slashes between digits; a `(0)` after the country is left out, as
/// people write it. Nothing for anything else: no country, an unassigned one, letters, an extension, under 7 or over 15 digits.
std::optional<PhoneNumber> parse_phone_number(std::string_view text);

/// Whether the country's numbering plan gives the number to Internet telephony, or to a person instead of a line: it rings wherever
/// somebody can sign in, so it proves no possession (credentials.md §3.1). What a plan does not tell, as that of `+1`, is not known here.
bool is_virtual(const PhoneNumber& number);

/// Whether it is an assigned calling code, digits only.
bool is_calling_code(std::string_view digits);

}  // namespace portcullis::credentials
