#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

/// base64url without padding (RFC 4648 §5), as JOSE and PKCE use it.
std::string base64url(std::string_view bytes);
/// Strict: no padding, no white space, no characters of plain base64, no stray bits in the last character.
std::optional<std::string> parse_base64url(std::string_view text);

/// Plain base64 with padding (RFC 4648 §4).
std::string base64(std::string_view bytes);
/// Strict: padded, no white space, no stray bits.
std::optional<std::string> parse_base64(std::string_view text);

/// Base32 without padding, upper case (RFC 4648 §6), as authenticator apps read it.
std::string base32(std::string_view bytes);
/// Either case; spaces and `=` are skipped.
std::optional<std::string> parse_base32(std::string_view text);

/// Lower-case hexadecimal.
std::string hex(std::string_view bytes);
std::optional<std::string> parse_hex(std::string_view text);

/// Percent-encodes everything but the unreserved characters of RFC 3986 §2.3.
std::string percent_encode(std::string_view text);
/// Undoes percent-encoding and, with `Plus::is_space`, `+`; nothing when a `%` is not followed by two hexadecimal digits.
enum class Plus { is_plus, is_space };
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// Text between the tags of HTML or in a quoted attribute.
std::string html_escape(std::string_view text);

/// Well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
bool is_utf8(std::string_view text);

}  // namespace portcullis
