#pragma once

#include <string>

#include "core/terms/error_codes.h"

namespace portcullis::oidc {

/// A request that the protocol answers with an error (protocols.md §11.1).
struct Refusal {
    StsError code     = StsError::InvalidRequest;
    OAuthError error  = OAuthError::invalid_request;
    Suberror suberror = Suberror::none;
    std::string description{};  ///< ASCII sentence; never contains input
    std::string claims{};  ///< a claims request that, sent to authorize, leads through the missing step; empty: none
};

/// The refusal that the register names for `code` at the authorization endpoint.
Refusal refuse_at_authorize(StsError code);
/// The same at the token, device and revocation endpoints.
Refusal refuse_at_token(StsError code);
/// As refuse_at_authorize / refuse_at_token, with another sentence that names the parameter at fault.
Refusal refuse_at_authorize(StsError code, std::string description);
Refusal refuse_at_token(StsError code, std::string description);

/// HTTP status of the machine endpoints' answer (PROTO-210): 400; 401 for invalid_client and invalid_token; 403 for
/// insufficient_scope; 404 for invalid_tenant; 429 when the client is too fast; 500 and 503 when we are at fault.
int http_status(const Refusal& refusal);

/// `error_description`: `AADSTS50126: The user name ...`. Everything but 0x20-0x7E, and `"` and `\`, is dropped.
std::string error_description(const Refusal& refusal);

}  // namespace portcullis::oidc
