#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "core/oidc/refusal.h"

/// OAuth errors on the wire (protocols.md §11.1).
namespace portcullis::wire {

/// What makes an answer traceable (PROTO-212).
struct Trace {
    std::string trace_id{};        ///< x-request-id
    std::string correlation_id{};  ///< the client's client-request-id when it is a GUID, else ours
    Instant when{};
};

/// Body of token, device, revocation and introspection errors: `error`, `error_description`, `error_codes`,
/// `timestamp`, `trace_id`, `correlation_id`, and `suberror`, `claims` when there are any.
json::object oauth_error(const oidc::Refusal& refusal, const Trace& trace);

using ResponseParameters = std::vector<std::pair<std::string, std::string>>;

/// Error at the redirect URI: `error`, `error_description`, `state`, `iss`, `suberror`, `claims` (PROTO-107).
ResponseParameters error_response(const oidc::Refusal& refusal, std::string_view state, std::string_view issuer);
/// Success: `code`, `state`, `iss`; `client_info` when asked for.
ResponseParameters code_response(std::string_view code, std::string_view state, std::string_view issuer,
                                 std::string_view client_info = {});

/// `redirect_uri` with the parameters appended to its query, each percent-encoded.
std::string redirect_location(std::string_view redirect_uri, const ResponseParameters& parameters);

}  // namespace portcullis::wire
