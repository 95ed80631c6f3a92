#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace portcullis::http {

/// A chunked body taken apart (RFC 9112 §7.1), as strictly as the head (PROTO-808): the size is 1 to 16 hexadecimal
/// digits and nothing before or after them but an extension, every line ends with CRLF, extensions are bounded and have
/// no control characters, trailer fields are refused. Our own, because Boost.Beast 1.81 lets LF and NUL through in
/// extensions, merges trailer fields into the head's, and asserts that `0 CR LF CR` does not come alone.
class ChunkDecoder {
public:
    enum class Step { needMore, complete, malformed, tooLarge };
    struct Progress {
        Step step;
        std::size_t consumed;
    };

    /// `bytes_max` bounds the whole body; at most 2^48.
    explicit ChunkDecoder(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

    /// Appends what `bytes` hold of the body to `body`. After `needMore` everything is consumed; after `complete`, what
    /// follows belongs to the next message; any other answer is final.
    Progress feed(std::string_view bytes, std::string& body);

private:
    enum class State { sizeDigits, extension, sizeLineFeed, data, dataReturn, dataLineFeed, lastReturn, lastLineFeed };

    Step take(char c);
    Step take_size(char c);
    Step take_extension(char c);
    Step end_of_size_line();
    Step expect(char wanted, char c, State next);

    std::uint64_t bytes_max_;
    State state_             = State::sizeDigits;
    std::uint64_t size_      = 0;  ///< of the chunk, then what is left of it
    std::uint64_t total_     = 0;
    std::size_t line_length_ = 0;
};

}  // namespace portcullis::http
