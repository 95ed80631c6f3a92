#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/request.h"
#include "http/server/chunks.h"
#include "http/server/framing.h"

namespace portcullis::http {

/// Why a request was not read: the status to answer with, and the reason for the log (it quotes nothing of the
/// request).
struct Refusal {
    int status = 400;
    std::string_view why;
};

/// Bytes of one connection to requests, one after the other; no I/O. A head passes `check_header_block` before
/// Boost.Beast's parser takes it apart, so two independent readings must agree that it is one.
class RequestReader {
public:
    explicit RequestReader(const framing::HeadLimits& limits) : limits_(limits), scanner_(limits) {}
    ~RequestReader();
    RequestReader(const RequestReader&)            = delete;
    RequestReader& operator=(const RequestReader&) = delete;

    /// `headDone` comes once per message, before any byte of its body is taken, and wants `limit_body` and another
    /// call, also with no bytes; then `complete`, at once when there is no body. After `refused` the connection is of
    /// no more use: nobody knows where the next message begins.
    enum class Step { needMore, headDone, complete, refused };
    struct Progress {
        Step step;
        std::size_t consumed;
    };

    /// Forgets the last message; the next byte fed is the first of the next.
    void start();
    /// `bytes` is everything not consumed yet.
    Progress feed(std::string_view bytes);

    /// After `headDone`: refuses a body above `bytes_max`, now if `Content-Length` says so, else when a chunk goes
    /// beyond.
    [[nodiscard]] bool limit_body(std::uint64_t bytes_max);

    /// Filled by `headDone` (method, target, authority, headers) and `complete` (body).
    [[nodiscard]] Request& request() { return request_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }
    /// The client wants to go on after this message (RFC 9112 §9.3).
    [[nodiscard]] bool keeps_alive() const { return keeps_alive_; }
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }

private:
    Progress feed_head(std::string_view bytes);
    Progress feed_length(std::string_view bytes);
    Progress feed_chunks(std::string_view bytes);
    std::optional<Refusal> parse_head(std::string_view head);
    std::optional<Refusal> resolve_target(std::string_view text);
    std::optional<Refusal> check_expectation();
    Progress refuse(Refusal refusal);

    framing::HeadLimits limits_;
    framing::HeadScanner scanner_;
    Request request_;
    Refusal refusal_;
    std::uint64_t length_left_ = 0;       ///< of a body by `Content-Length`
    std::optional<ChunkDecoder> chunks_;  ///< of a chunked one
    bool is_head_done_ = false, is_http11_ = false, keeps_alive_ = false, expects_continue_ = false;
};

}  // namespace portcullis::http
