#include "app/token_sign_in.h"

namespace portcullis::app {
namespace {

/// What both streams have; the document is lean, because there is one for each token.
json::object document_of(const SignInRecord& record, const TenantSnapshot& tenant, std::string_view stream, StsError error,
                         const RequestFacts& facts) {
    const auto* application = tenant.application(record.application);
    return {{"id", to_string(record.id)},
            {"createdDateTime", to_rfc3339(record.created_at)},
            {"appId", to_string(record.application)},
            {"appDisplayName", application ? application->display_name : ""},
            {"ipAddress", record.ip_address},
            {"userAgent", facts.user_agent},
            {"correlationId", to_string(record.correlation)},
            {"requestId", to_string(record.request)},
            {"isInteractive", false},
            {"signInEventTypes", json::array{stream}},
            {"status",
             {{"errorCode", number_of(error)}, {"failureReason", record.error_code == 0 ? "Other." : entry_of(error).description}}},
            {"riskLevelDuringSignIn", to_string(record.risk_level_during_sign_in)},
            {"conditionalAccessStatus", record.conditional_access_status}};
}

SignInRecord record_of(Ports& ports, ApplicationId client, StsError error, const RequestFacts& facts) {
    SignInRecord record{.id                        = ports.random.new_id<SignInId>(facts.now),
                        .user                      = {},
                        .user_principal_name       = {},
                        .application               = client,
                        .correlation               = facts.correlation,
                        .request                   = facts.request,
                        .created_at                = facts.now,
                        .is_interactive            = false,
                        .error_code                = static_cast<int>(number_of(error)),
                        .ip_address                = to_string(facts.address),
                        .conditional_access_status = {},
                        .document                  = {}};
    record.conditional_access_status = policy::to_string(policy::ConditionalAccessStatus::notApplied);
    return record;
}

}  // namespace

SignInRecord token_sign_in(Ports& ports, const TenantSnapshot& tenant, const identity::Grant& grant, const Standing& standing,
                           const PolicyAnswer& answer, StsError error, const RequestFacts& facts) {
    auto record = record_of(ports, grant.client, error, facts);
    record.user = grant.user;
    if (standing.account) record.user_principal_name = standing.account->user.user_principal_name;
    record.conditional_access_status = policy::to_string(answer.status);

    auto document                                = document_of(record, tenant, "nonInteractiveUser", error, facts);
    document["userId"]                           = to_string(grant.user);
    document["userPrincipalName"]                = record.user_principal_name;
    document["userDisplayName"]                  = standing.account ? standing.account->user.display_name : "";
    document["sessionId"]                        = to_string(grant.session);
    document["authenticationProtocol"]           = grant.is_device_flow ? "deviceCode" : "oAuth2";
    document["incomingTokenType"]                = "refreshToken";
    document["appliedConditionalAccessPolicies"] = answer.applied;
    record.document                              = json::to_text(document);
    return record;
}

SignInRecord application_sign_in(Ports& ports, const TenantSnapshot& tenant, ApplicationId client, const std::string& resource,
                                 const RequestFacts& facts) {
    auto record                 = record_of(ports, client, StsError::Success, facts);
    auto document               = document_of(record, tenant, "servicePrincipal", StsError::Success, facts);
    document["servicePrincipalId"]     = to_string(client);
    document["resourceDisplayName"]    = resource;
    document["authenticationProtocol"] = "oAuth2";
    document["incomingTokenType"]      = "none";
    record.document                    = json::to_text(document);
    return record;
}

}  // namespace portcullis::app
