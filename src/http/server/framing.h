#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace portcullis::http::framing {

/// Bounds of a request's head (PROTO-807).
struct HeadLimits {
    std::size_t request_line_bytes_max = 8 * 1024;
    std::size_t header_bytes_max       = 32 * 1024;
    std::size_t fields_max             = 100;
};

/// What is known of the head so far. `malformed` is said as soon as it is certain, so that a client that will never
/// send a proper end of line is not waited for.
enum class Head { incomplete, complete, malformed, requestLineTooLong, fieldsTooLarge };

/// Finds the end of a head in bytes that arrive piecemeal; looks at each byte once.
class HeadScanner {
public:
    explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

    /// `bytes` is all that arrived of this message, so each call extends the text of the one before.
    Head scan(std::string_view bytes);
    /// Bytes of the complete head, the empty line included; what follows is the body or the next message.
    [[nodiscard]] std::size_t size() const { return scanned_; }

private:
    Head end_of_line(std::size_t line_feed_at);
    [[nodiscard]] Head within_limits(std::size_t bytes_so_far) const;

    HeadLimits limits_;
    std::size_t scanned_ = 0, line_start_ = 0, lines_ = 0, request_line_size_ = 0;
};

/// Accepts exactly the heads that every HTTP/1.1 implementation frames alike (RFC 9112; PROTO-808, PROTO-809). `head`
/// is from the method to the empty line. Errors: invalidRequest, naming the field where there is one and never its
/// value: bare CR or LF, NUL or another control character, a request line that is not `token SP target SP HTTP/1.0|1`,
/// a field without a name, with a space before the colon or folded, `Content-Length` repeated, listed or not a number
/// below 10^15, `Transfer-Encoding` repeated, anything but `chunked`, beside `Content-Length` or in HTTP/1.0, and
/// `Host` missing, repeated or not an authority.
Result<void> check_header_block(std::string_view head);

}  // namespace portcullis::http::framing
