#pragma once

#include <string>
#include <variant>

#include "app/ports/all.h"
#include "core/oidc/client_authentication.h"

namespace portcullis::app {

/// Whom a credential spoke for, as far as it could be read, and what came of it.
struct ClientOutcome {
    ApplicationId client{};
    std::variant<oidc::AuthenticatedClient, oidc::Refusal> result;
};

/// Authenticates a client by its assertion (PROTO-022, PROTO-226): the key it names, the signature, the claims, and its
/// `jti`, which is remembered so that no assertion is taken twice.
class VerifyClientAssertion {
public:
    VerifyClientAssertion(Ports& ports, std::string base_url) : ports_(ports), base_url_(std::move(base_url)) {}

    /// `presented.secret` is the assertion; `body_client_id` is empty when the request has none. Errors: unavailable.
    Result<ClientOutcome> operator()(const TenantSnapshot& tenant, const oidc::PresentedClient& presented,
                                        std::string_view body_client_id, Instant now);

private:
    Ports& ports_;
    std::string base_url_;
};

}  // namespace portcullis::app
