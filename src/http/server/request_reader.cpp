#include "http/server/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/assert.h"
#include "base/secret.h"
#include "http/server/target.h"

namespace portcullis::http {
namespace {

namespace beast = boost::beast;

/// What a body may reserve on the word of `Content-Length` alone.
constexpr std::uint64_t kReserveBytesMax = 64 * 1024;

/// Beast's parser, writing a head straight into a Request. Bodies are not its business.
class HeadParser final : public beast::http::basic_parser<true> {
public:
    explicit HeadParser(Request& request) : request_(request) {}
    /// A view into the bytes parsed.
    [[nodiscard]] std::string_view target() const { return target_; }
    [[nodiscard]] bool is_http11() const { return is_http11_; }

private:
    using Code = beast::error_code;
    using View = beast::string_view;

    void on_request_impl(beast::http::verb, View method, View target, int version, Code&) override {
        request_.method = http::parse_method({method.data(), method.size()});
        target_         = {target.data(), target.size()};
        is_http11_      = version == 11;
    }
    void on_field_impl(beast::http::field, View name, View value, Code&) override {
        request_.headers.push_back({ascii::lower({name.data(), name.size()}), std::string(value)});
    }
    void on_header_impl(Code&) override {}
    void on_response_impl(int, View, int, Code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
    std::size_t on_body_impl(View, Code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View, Code&) override { return 0; }
    void on_finish_impl(Code&) override {}

    Request& request_;
    std::string_view target_;
    bool is_http11_ = false;
};

/// Of a value that `check_header_block` accepted.
std::uint64_t to_length(std::string_view digits) {
    std::uint64_t length   = 0;
    const auto [end, errc] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    PORTCULLIS_ASSERT(errc == std::errc{});
    return length;
}

}  // namespace

RequestReader::~RequestReader() { wipe(request_.body.data(), request_.body.capacity()); }

void RequestReader::start() {
    scanner_ = framing::HeadScanner(limits_);
    wipe(request_.body.data(), request_.body.capacity());  // passwords, codes, secrets
    request_     = Request{};
    refusal_     = {};
    length_left_ = 0;
    chunks_.reset();
    is_head_done_ = is_http11_ = keeps_alive_ = expects_continue_ = false;
}

RequestReader::Progress RequestReader::refuse(Refusal refusal) {
    refusal_     = refusal;
    keeps_alive_ = false;
    return {Step::refused, 0};
}

RequestReader::Progress RequestReader::feed(std::string_view bytes) {
    if (!is_head_done_) return feed_head(bytes);
    return chunks_ ? feed_chunks(bytes) : feed_length(bytes);
}

RequestReader::Progress RequestReader::feed_head(std::string_view bytes) {
    switch (scanner_.scan(bytes)) {
        case framing::Head::incomplete:
            return {Step::needMore, 0};
        case framing::Head::malformed:
            return refuse({400, "the head has a NUL, a bare CR or LF, or no request line"});
        case framing::Head::requestLineTooLong:
            return refuse({414, "the request line is too long"});
        case framing::Head::fieldsTooLarge:
            return refuse({431, "the header fields are too many or too large"});
        case framing::Head::complete:
            break;
    }
    if (const auto refusal = parse_head(bytes.substr(0, scanner_.size()))) return refuse(*refusal);
    is_head_done_ = true;
    return {Step::headDone, scanner_.size()};
}

std::optional<Refusal> RequestReader::parse_head(std::string_view head) {
    if (!framing::check_header_block(head)) return Refusal{400, "the head breaks a framing rule"};

    HeadParser parser(request_);
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    parser.body_limit(boost::none);  // limit_body's business
    beast::error_code code;
    const auto consumed = parser.put(boost::asio::buffer(head.data(), head.size()), code);
    if (code || consumed != head.size() || !parser.is_header_done()) return Refusal{400, "the head is not HTTP"};
    is_http11_   = parser.is_http11();
    keeps_alive_ = parser.keep_alive();

    if (request_.method == Method::TRACE || request_.method == Method::CONNECT) return Refusal{405, "TRACE or CONNECT"};
    if (const auto refusal = resolve_target(parser.target())) return refusal;
    if (const auto length = request_.header("content-length")) length_left_ = to_length(*length);
    if (request_.header_count("transfer-encoding") > 0) chunks_.emplace(0);
    return check_expectation();
}

std::optional<Refusal> RequestReader::resolve_target(std::string_view text) {
    const auto target = parse_target(text, request_.method);
    if (!target) return Refusal{400, "the request target has a form we do not serve"};

    const auto host = request_.header("host");
    PORTCULLIS_ASSERT(host);  // check_header_block has seen exactly one, and that it is an authority
    request_.authority = canonical_authority(*host).value_or("");
    // A proxy must have made the two equal (RFC 9112 §3.2.2); if they differ, somebody is being misled.
    if (!target->authority.empty() && canonical_authority(target->authority) != request_.authority) {
        return Refusal{400, "the target and `host` name different authorities"};
    }
    request_.path  = target->path;
    request_.query = target->query;
    return std::nullopt;
}

std::optional<Refusal> RequestReader::check_expectation() {
    if (request_.header_count("expect") == 0) return std::nullopt;
    const auto expectation = request_.header("expect");
    if (!expectation || !ascii::equal_ignoring_case(*expectation, "100-continue"))
        return Refusal{417, "an expectation we do not know"};
    expects_continue_ = is_http11_ && (chunks_ || length_left_ > 0);
    return std::nullopt;
}

bool RequestReader::limit_body(std::uint64_t bytes_max) {
    if (chunks_) chunks_.emplace(bytes_max);
    if (length_left_ > bytes_max) {
        refuse({413, "the body is too large"});
        return false;
    }
    request_.body.reserve(static_cast<std::size_t>(std::min(length_left_, kReserveBytesMax)));
    return true;
}

RequestReader::Progress RequestReader::feed_length(std::string_view bytes) {
    const auto part = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(length_left_, bytes.size())));
    request_.body.append(part);
    length_left_ -= part.size();
    return {length_left_ == 0 ? Step::complete : Step::needMore, part.size()};
}

RequestReader::Progress RequestReader::feed_chunks(std::string_view bytes) {
    const auto [step, consumed] = chunks_->feed(bytes, request_.body);
    switch (step) {
        case ChunkDecoder::Step::needMore:
            return {Step::needMore, consumed};
        case ChunkDecoder::Step::complete:
            return {Step::complete, consumed};
        case ChunkDecoder::Step::malformed:
            return refuse({400, "the body is not properly chunked"});
        case ChunkDecoder::Step::tooLarge:
            return refuse({413, "the body is too large"});
    }
    return refuse({});
}

}  // namespace portcullis::http
