#include "core/credentials/mail_address.h"

#include <algorithm>

#include "base/ascii.h"

namespace portcullis::credentials {
namespace {

constexpr std::size_t kLocalMax = 64, kDomainMax = 253, kLabelMax = 63, kTextMax = 254;  // RFC 5321 §4.5.3.1, RFC 1035 §2.3.4
constexpr std::string_view kAtomSymbols = "!#$%&'*+-/=?^_`{|}~";                          // RFC 5322 §3.2.3


/// Whether every part between dots is there and `is_part` likes it.
template <class IsPart>
bool each_part(std::string_view text, IsPart is_part) {
    while (true) {
        const auto dot = text.find('.');
        if (!is_part(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_atom(std::string_view part) {
    const auto good = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || kAtomSymbols.find(c) != std::string_view::npos; };
    return !part.empty() && std::ranges::all_of(part, good);
}

bool is_label(std::string_view part) {
    const auto good = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '-'; };
    return !part.empty() && part.size() <= kLabelMax && part.front() != '-' && part.back() != '-' && std::ranges::all_of(part, good);
}

bool is_domain(std::string_view domain) {
    if (domain.size() > kDomainMax || domain.find('.') == std::string_view::npos || !each_part(domain, is_label)) return false;
    return !std::ranges::all_of(domain.substr(domain.rfind('.') + 1), ascii::is_digit);  // 192.0.2.1 is no name
}

}  // namespace

std::string MailAddress::masked() const { return local_.substr(0, 1) + "•••@" + domain_; }

std::optional<MailAddress> parse_mail_address(std::string_view text) {
    text          = ascii::trimmed(text);
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > kTextMax) return std::nullopt;
    const auto local = text.substr(0, at), domain = text.substr(at + 1);
    if (local.size() > kLocalMax || !each_part(local, is_atom) || !is_domain(domain)) return std::nullopt;
    MailAddress address;
    address.local_ = local;
    address.domain_ = ascii::lower(domain);
    return address;
}

}  // namespace portcullis::credentials
