#include "http/server/framing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "http/request.h"
#include "http/server/target.h"

namespace portcullis::http::framing {
namespace {

/// More digits than any body we could hold needs, fewer than overflow anything.
constexpr std::size_t kLengthDigitsMax = 15;

/// field-vchar, SP and HTAB of RFC 9110 §5.5; obs-text is let through, it frames nothing.
bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
}

/// What URIs are made of, and what browsers leave unescaped in them: visible ASCII. No fragment: it stays in the
/// browser.
bool is_target(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
}

Error malformed(std::string why) { return {ErrorCode::invalidRequest, std::move(why)}; }

/// Takes one line off the front, without its CRLF.
Result<std::string_view> next_line(std::string_view& rest) {
    const auto end = rest.find_first_of(std::string_view("\r\n\0", 3));
    if (end == std::string_view::npos) return malformed("the head does not end with an empty line");
    if (rest[end] == '\0') return malformed("the head has a NUL");
    if (rest.substr(end, 2) != "\r\n") return malformed("a line of the head ends with a bare CR or LF");
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
}

enum class Version { http10, http11 };

/// request-line = method SP request-target SP HTTP-version (RFC 9112 §3)
Result<Version> check_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last  = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return malformed("the request line is not three words");
    if (!is_token(line.substr(0, first))) return malformed("the method is not a token");
    if (!is_target(line.substr(first + 1, last - first - 1)))
        return malformed("the request target has characters of no URI");
    const auto version = line.substr(last + 1);
    if (version == "HTTP/1.1") return Version::http11;
    if (version == "HTTP/1.0") return Version::http10;
    return malformed("the version is neither HTTP/1.1 nor HTTP/1.0");
}

/// The fields that decide where a message ends and whom it is for.
struct FramingFields {
    std::size_t hosts = 0, lengths = 0, encodings = 0;
};

Result<void> check_length(std::string_view value) {
    if (value.empty() || value.size() > kLengthDigitsMax || !std::ranges::all_of(value, ascii::is_digit)) {
        return malformed("`content-length` is not one number");
    }
    return {};
}

Result<void> check_encoding(std::string_view value) {
    if (!ascii::equal_ignoring_case(value, "chunked")) return malformed("`transfer-encoding` is not `chunked`");
    return {};
}

Result<void> check_host(std::string_view value) {
    if (!canonical_authority(value)) return malformed("`host` is not an authority");
    return {};
}

struct FramingField {
    std::string_view name;
    std::size_t FramingFields::*count;
    Result<void> (*check)(std::string_view value);
};

// clang-format off
constexpr auto kFramingFields = std::to_array<FramingField>({
    {"host",              &FramingFields::hosts,     check_host},
    {"content-length",    &FramingFields::lengths,   check_length},
    {"transfer-encoding", &FramingFields::encodings, check_encoding},
});
// clang-format on

/// field-line = field-name ":" OWS field-value OWS (RFC 9112 §5)
Result<void> check_field(std::string_view line, FramingFields& seen) {
    if (line.front() == ' ' || line.front() == '\t') return malformed("a header line is folded");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("a header line has no colon");
    const auto name = line.substr(0, colon);
    if (!is_token(name)) return malformed("a header name is not a token");
    const auto value = ascii::trimmed(line.substr(colon + 1));
    if (!is_field_value(value)) return malformed("a header value has a control character");

    for (const auto& field : kFramingFields) {
        if (!ascii::equal_ignoring_case(name, field.name)) continue;
        ++(seen.*field.count);
        return field.check(value);
    }
    return {};
}

Result<void> check_together(const FramingFields& seen, Version version) {
    if (seen.hosts != 1) return malformed(seen.hosts == 0 ? "`host` is missing" : "`host` is repeated");
    if (seen.lengths > 1) return malformed("`content-length` is repeated");
    if (seen.encodings > 1) return malformed("`transfer-encoding` is repeated");
    if (seen.lengths == 1 && seen.encodings == 1)
        return malformed("`content-length` stands beside `transfer-encoding`");
    if (seen.encodings == 1 && version == Version::http10) return malformed("HTTP/1.0 has no `transfer-encoding`");
    return {};
}

}  // namespace

Head HeadScanner::scan(std::string_view bytes) {
    for (; scanned_ < bytes.size(); ++scanned_) {
        const char c        = bytes[scanned_];
        const bool after_cr = scanned_ > 0 && bytes[scanned_ - 1] == '\r';
        if (c == '\0' || after_cr != (c == '\n')) return Head::malformed;
        if (c != '\n') continue;

        const auto so_far = end_of_line(scanned_);
        if (so_far == Head::complete) ++scanned_;
        if (so_far != Head::incomplete) return so_far;
    }
    return within_limits(bytes.size());
}

Head HeadScanner::end_of_line(std::size_t line_feed_at) {
    const auto size = line_feed_at - 1 - line_start_;
    if (size == 0 && lines_ == 0) return Head::malformed;
    if (lines_ == 0) request_line_size_ = size + 2;
    const auto so_far = within_limits(line_feed_at + 1);
    if (so_far != Head::incomplete) return so_far;
    if (size == 0) return Head::complete;
    ++lines_;
    line_start_ = line_feed_at + 1;
    return lines_ - 1 > limits_.fields_max ? Head::fieldsTooLarge : Head::incomplete;
}

Head HeadScanner::within_limits(std::size_t bytes_so_far) const {
    const auto line = request_line_size_ == 0 ? bytes_so_far : request_line_size_;
    if (line > limits_.request_line_bytes_max + 2) return Head::requestLineTooLong;
    return bytes_so_far - line > limits_.header_bytes_max ? Head::fieldsTooLarge : Head::incomplete;
}

Result<void> check_header_block(std::string_view head) {
    const auto request_line = TRY(next_line(head));
    const auto version      = TRY(check_request_line(request_line));
    FramingFields seen;
    for (auto line = TRY(next_line(head)); !line.empty(); line = TRY(next_line(head))) {
        TRY(check_field(line, seen));
    }
    if (!head.empty()) return malformed("the head goes on after its empty line");
    return check_together(seen, version);
}

}  // namespace portcullis::http::framing
