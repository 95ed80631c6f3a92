#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::app {

/// What Unicode asks of names and passwords.
class Text {
public:
    virtual ~Text() = default;

    /// The key a user principal name is looked up by: NFKC with case folding, surrounding spaces removed. Nothing when it
    /// is not UTF-8, is empty or has more than 113 characters (credentials.md §12).
    virtual std::optional<std::string> upn_key(std::string_view upn) const = 0;
    /// A password as it is set and verified: NFC, nothing trimmed (PROTO-805). Nothing when it is not UTF-8.
    virtual std::optional<std::string> password(std::string_view typed) const = 0;
    /// A password as it is searched for banned terms: NFKC and case-folded (credentials.md §11.2).
    virtual std::string folded(std::string_view text) const = 0;
    /// The name of a country (ISO 3166-1 alpha-2) in a language; the code when there is none.
    virtual std::string country_name(std::string_view code, std::string_view language) const = 0;
};

}  // namespace portcullis::app
