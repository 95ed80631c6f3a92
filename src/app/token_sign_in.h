#pragma once

#include "app/ports/all.h"
#include "app/request_facts.h"
#include "core/policy/evaluate.h"
#include "core/terms/error_codes.h"

namespace portcullis::app {

/// How policies answered a request for tokens with nobody at hand.
struct PolicyAnswer {
    policy::ConditionalAccessStatus status = policy::ConditionalAccessStatus::notApplied;
    json::array applied;  ///< every policy with its conditions, when one of them refused
};

/// The line of a grant's request in the log's second stream, `nonInteractiveUser` (conditional-access.md §16, CA-066).
/// `error`: success or what the client was told.
SignInRecord token_sign_in(Ports& ports, const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                           const PolicyAnswer& answer, StsError error, const RequestFacts& facts);

/// The line of an application that signs in as itself: the stream `servicePrincipal`.
SignInRecord application_sign_in(Ports& ports, const TenantSnapshot& tenant, ApplicationId client, const std::string& resource,
                                 const RequestFacts& facts);

}  // namespace portcullis::app
