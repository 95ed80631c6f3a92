#pragma once

#include "base/json.h"
#include "base/result.h"
#include "core/oidc/client_assertion.h"

namespace portcullis::wire {

/// A client assertion's header and claims (RFC 7523 §3), read but not believed. A member that is absent stays empty, and so
/// does an `aud` that is not one string. Errors: invalidRequest for a member of the wrong type.
Result<oidc::ClientAssertion> client_assertion_from(const json::object& header, const json::object& claims);

}  // namespace portcullis::wire
