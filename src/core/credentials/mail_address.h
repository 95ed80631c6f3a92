#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portcullis::credentials {

/// A mail address we would write to: `local@domain`, without quoting, comments, blanks or anything that means more than an
/// address to a mail server (RFC 5321 §4.1.2, the dot-string form). Whether anybody reads it is not known here.
class MailAddress {
public:
    /// As typed, the domain in lower case.
    [[nodiscard]] std::string text() const { return local_ + "@" + domain_; }
    /// `a•••@example.com`: enough for its owner to know it.
    [[nodiscard]] std::string masked() const;
    [[nodiscard]] const std::string& domain() const { return domain_; }

    bool operator==(const MailAddress&) const = default;

private:
    friend std::optional<MailAddress> parse_mail_address(std::string_view text);
    std::string local_, domain_;
};

/// Blanks around it are left out. Nothing for anything but one address.
std::optional<MailAddress> parse_mail_address(std::string_view text);

}  // namespace portcullis::credentials
