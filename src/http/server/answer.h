#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "http/response.h"

namespace portcullis::http {

enum class AfterAnswer { keepAlive, close };

/// What an answer carries besides what the handler said.
struct AnswerContext {
    Method method     = Method::GET;
    AfterAnswer after = AfterAnswer::close;
    RequestId id;
    std::optional<CorrelationId> correlation;
    std::string_view date;
};

/// Appends status line and header fields, up to and with the empty line. Headers the server owns are taken from
/// `context`, not from `response`. Errors: invalidRequest when the status is not 200–599, a header name is no token or
/// a value has a control character; `out` is then spoilt.
Result<void> append_head(const Response& response, const AnswerContext& context, std::string& out);

/// HEAD, 204 and 304 have no body, whatever the response holds (RFC 9110 §6.4.1).
bool sends_body(const Response& response, Method method);

/// An answer of the server's own: the status and the request id, nothing else.
Response own_answer(int status, const RequestId& id);

/// IMF-fixdate (RFC 9110 §5.6.7).
std::string http_date(std::int64_t unix_seconds);

}  // namespace portcullis::http
