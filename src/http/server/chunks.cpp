#include "http/server/chunks.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/assert.h"

namespace portcullis::http {
namespace {

constexpr std::size_t kDigitsMax       = 16;
constexpr std::size_t kLineLengthMax   = 256;  ///< RFC 9112 §7.1.1 asks to bound extensions; nobody sends us any
constexpr std::uint64_t kBytesMaxLimit = std::uint64_t{1} << 48;

}  // namespace

ChunkDecoder::Progress ChunkDecoder::feed(std::string_view bytes, std::string& body) {
    PORTCULLIS_ASSERT(bytes_max_ <= kBytesMaxLimit);
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (state_ == State::data) {
            const auto part =
                bytes.substr(at, static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size() - at)));
            body.append(part);
            at += part.size();
            size_ -= part.size();
            if (size_ == 0) state_ = State::dataReturn;
            continue;
        }
        const auto step = take(bytes[at++]);
        if (step != Step::needMore) return {step, at};
    }
    return {Step::needMore, at};
}

ChunkDecoder::Step ChunkDecoder::take(char c) {
    switch (state_) {
        case State::sizeDigits:
            return take_size(c);
        case State::extension:
            return take_extension(c);
        case State::sizeLineFeed:
            return c == '\n' ? end_of_size_line() : Step::malformed;
        case State::data:
            return Step::malformed;  // taken in bulk by feed
        case State::dataReturn:
            return expect('\r', c, State::dataLineFeed);
        case State::dataLineFeed:
            return expect('\n', c, State::sizeDigits);
        case State::lastReturn:
            return expect('\r', c, State::lastLineFeed);
        case State::lastLineFeed:
            return c == '\n' ? Step::complete : Step::malformed;
    }
    return Step::malformed;
}

ChunkDecoder::Step ChunkDecoder::take_size(char c) {
    if (const int digit = ascii::hex_value(c); digit >= 0) {
        if (++line_length_ > kDigitsMax) return Step::malformed;
        size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
        return size_ > bytes_max_ - total_ ? Step::tooLarge : Step::needMore;
    }
    if (line_length_ == 0) return Step::malformed;
    if (c == ';') return expect(';', c, State::extension);
    return expect('\r', c, State::sizeLineFeed);
}

ChunkDecoder::Step ChunkDecoder::take_extension(char c) {
    if (c == '\r') return expect('\r', c, State::sizeLineFeed);
    const auto byte     = static_cast<unsigned char>(c);
    const bool is_plain = byte == '\t' || (byte >= ' ' && byte != 0x7f);
    return is_plain && ++line_length_ <= kLineLengthMax ? Step::needMore : Step::malformed;
}

ChunkDecoder::Step ChunkDecoder::end_of_size_line() {
    line_length_ = 0;
    total_ += size_;
    // last-chunk = 1*("0"); what would follow it but CRLF is a trailer field
    state_ = size_ == 0 ? State::lastReturn : State::data;
    return Step::needMore;
}

ChunkDecoder::Step ChunkDecoder::expect(char wanted, char c, State next) {
    if (c != wanted) return Step::malformed;
    state_ = next;
    return Step::needMore;
}

}  // namespace portcullis::http
