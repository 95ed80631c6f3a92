#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

/// The parts of a mail that libcurl leaves to its caller. Pure; nothing that comes in can end a header line.
namespace portcullis::smtp {

/// An address that may stand in an SMTP command and a header as it is: ASCII `local@domain` of at most 254 characters, a
/// dot-atom and host-name labels, nothing quoted (RFC 5321 §4.1.2). Others are refused, not repaired.
bool is_mail_address(std::string_view text);

/// `Name: text` for people's words: printable ASCII as it is, all else as encoded words of UTF-8 in base64, folded at 76
/// columns between characters (RFC 2047 §2). Line ends and control characters become spaces.
std::string text_header(std::string_view name, std::string_view text);

/// `Name: "display" <address>`, the display name encoded as above; without one the address alone. `address` is a mail address.
std::string address_header(std::string_view name, std::string_view display, std::string_view address);

/// `Fri, 20 Nov 2026 12:00:00 +0000` (RFC 5322 §3.3).
std::string mail_date(Instant when);

/// Line ends as CRLF, whatever they were.
std::string with_crlf(std::string_view text);

}  // namespace portcullis::smtp
