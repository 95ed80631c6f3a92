#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/terms/auth_terms.h"

namespace portcullis {

/// How a code counts in the sign-in log (conditional-access.md §17): an interrupt is not a failed sign-in.
enum class StsClass : std::uint8_t { interrupt, failure, noise };
/// `I`, `F`, `N`.
std::string_view to_string(StsClass kind);

/// Numbered outcomes of a sign-in or token request, named as in the reference (protocols.md §11.2,
/// conditional-access.md §17, credentials.md §10.4). The value is the number on the wire.
enum class StsError : std::uint32_t {
#define STS_ERROR(number, name, at_authorize, at_token, suberror, kind, description) name = number,
#include "core/terms/error_codes.def"
#undef STS_ERROR
};

/// One row of the register.
struct StsErrorEntry {
    StsError code;
    std::string_view name;
    OAuthError at_authorize;  ///< what the authorization endpoint answers; `none`: only ever a page
    OAuthError at_token;      ///< what token, device and revocation endpoints answer
    Suberror suberror;
    StsClass kind;
    std::string_view description;  ///< a sentence, ASCII without `"` and `\` (protocols.md §11.1)
};

/// Every row, by number.
std::span<const StsErrorEntry> sts_errors();
/// The row of `code`.
const StsErrorEntry& entry_of(StsError code);
/// The row of a number, as an administrator types it.
std::optional<StsErrorEntry> find_sts_error(std::uint32_t number);

constexpr std::uint32_t number_of(StsError code) { return static_cast<std::uint32_t>(code); }
/// The reference's name, e.g. `BlockedByConditionalAccess`.
std::string_view to_string(StsError code);

}  // namespace portcullis
