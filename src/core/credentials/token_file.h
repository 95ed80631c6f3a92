#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

/// The file in which makers of hardware OATH tokens hand over their seeds (credentials.md §6.2): CSV as RFC 4180 has it, with the
/// header `upn,serial number,secret key,time interval,manufacturer,model`.
namespace portcullis::credentials {

/// A thousand tokens are one import: it is one transaction, and others wait for it.
inline constexpr std::size_t kTokenRowsMax = 1000;
inline constexpr std::size_t kTokenFileBytesMax = 1024 * 1024;
/// credentials.md §6.2, in characters of Base32; RFC 4226 §4 (R6) wants 128 bits at least.
inline constexpr std::size_t kTokenSecretMax      = 128;
inline constexpr std::size_t kTokenSeedBytesMin   = 16;
inline constexpr std::size_t kTokenTextMax        = 64;   // bytes of serial number, manufacturer, model
inline constexpr std::size_t kTokenOwnerBytesMax  = 256;

/// One token as the file has it.
struct TokenRow {
    std::size_t line = 0;  // of the file, from 1: where the row begins
    std::string upn;       // empty: nobody's
    std::string serial_number;
    Secret seed;  // the bytes
    Duration interval{};
    std::string manufacturer, model;
};

/// What is wrong with a row, in words that name no secret.
struct LineProblem {
    std::size_t line = 0;
    std::string what;
};

struct TokenFile {
    std::vector<TokenRow> rows;
    std::vector<LineProblem> problems;  // in the order of the file; none: every row may be used
};

/// Reads the whole file and says everything that is wrong with it; rows that are wrong are not among `rows`. Line breaks are CRLF or
/// LF; a byte-order mark in front, empty lines and spaces around a value are nothing.
TokenFile parse_token_file(std::string_view text);

}  // namespace portcullis::credentials
