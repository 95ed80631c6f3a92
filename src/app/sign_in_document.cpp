#include "app/sign_in_document.h"

#include "app/collect_signals.h"
#include "app/external_methods.h"
#include "app/second_factors.h"
#include "core/terms/error_codes.h"
#include "wire/detection_json.h"
#include "wire/policy_json.h"
#include "wire/signals_json.h"

namespace portcullis::app {
namespace {

std::shared_ptr<const signals::SignInSignals> signals_of(const SignInFlow& flow) {
    const auto seen = seen_in(flow);
    return seen ? *seen : std::make_shared<const signals::SignInSignals>();
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }

json::object status_json(const SignInFlow& flow) {
    const auto entry = find_sts_error(static_cast<std::uint32_t>(flow.error_code));
    return {{"errorCode", flow.error_code},
            {"failureReason", flow.error_code == 0 || !entry ? json::value("Other.") : json::value(entry->description)},
            {"additionalDetails", text_or_null(flow.refusal)}};
}

json::object device_json(const signals::ClientSignals& client) {
    return {{"deviceId", ""},
            {"displayName", ""},
            {"operatingSystem", client.os + (client.os_major.empty() ? "" : " " + client.os_major)},
            {"browser", client.browser + (client.browser_major.empty() ? "" : " " + client.browser_major)},
            {"isCompliant", nullptr},
            {"isManaged", nullptr},
            {"trustType", nullptr}};
}

json::array detected_types(const SignInFlow& flow) {
    json::array types;
    for (const auto& finding : flow.findings) {
        const auto* object = finding.if_object();
        if (object && json::string_at(*object, "verdict") == "detected") types.push_back(object->at("riskEventType"));
    }
    return types;
}

std::string_view client_app_used(policy::ClientAppType type) {
    switch (type) {
        case policy::ClientAppType::browser:                     return "Browser";
        case policy::ClientAppType::mobileAppsAndDesktopClients: return "Mobile Apps and Desktop clients";
        case policy::ClientAppType::exchangeActiveSync:          return "Exchange ActiveSync";
        case policy::ClientAppType::other:                       return "Other clients";
    }
    return {};
}

/// Facts beside the steps, as Graph has them.
json::array processing_details(const SignInFlow& flow) {
    json::array details;
    if (flow.unapproved > 0) details.push_back(json::object{{"key", "MFA fatigue"}, {"value", std::to_string(flow.unapproved)}});
    return details;
}

bool needs_mfa(const DecisionView& view) {
    for (std::size_t i = 0; i < view.decision.policies().size(); ++i) {
        const auto& policy = view.decision.policies()[i];
        if (policy.state != policy::PolicyState::enabled || !policy::is_set(view.decision.applies(), i)) continue;
        if (!policy.grant_controls) continue;
        const auto& grant = *policy.grant_controls;
        if (grant.controls.contains(controls::GrantControl::mfa)) return true;
        const auto* strength = grant.strength ? view.decision.compiled().strength(*grant.strength) : nullptr;
        if (strength && strength->requirements == policy::Requirements::mfa) return true;
    }
    return false;
}

}  // namespace

namespace {

policy::SignInContext context_of(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    const auto was_seen = signals_of(flow);
    const auto& seen    = *was_seen;
    policy::SignInContext context{.user         = account.user.id,
                                  .user_type    = account.user.type,
                                  .groups       = account.groups,
                                  .roles        = account.roles,
                                  .resources    = flow.targets,
                                  .client_app   = flow.client_app,
                                  .location     = location_of(tenant, seen.network),
                                  .sign_in_risk = flow.sign_in_risk,
                                  .user_risk    = flow.user_risk};
    if (flow.purpose == Purpose::device) context.transfer_method = policy::TransferMethod::deviceCodeFlow;
    return context;
}

/// What was begun by the same person, in this flow, before what is proven now.
controls::SignedIn signed_in(const SignInFlow& flow) {
    const auto& begun = flow.remediation_begun;
    const bool again  = begun && begun->user == flow.user && flow.transaction_began >= begun->at;
    return again ? controls::SignedIn::again : controls::SignedIn::once;
}

controls::SessionFacts session_facts(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    return {.now                 = now,
            .transaction_began   = flow.transaction_began,
            .first_factor_at     = flow.first_factor_at,
            .mfa_at              = counting_mfa_at(tenant, account, flow.factors, flow.mfa_at),
            .password_changed_at = flow.password_changed_at,
            .factors             = proofs_of(flow.factors, account),
            .remediation         = flow.branch,
            .again               = signed_in(flow)};
}

}  // namespace

DecisionView decide(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, Instant now) {
    auto context  = context_of(tenant, flow, account);
    auto decision = policy::evaluate(tenant.compiled, context);
    return {std::move(context), session_facts(tenant, flow, account, now), std::move(decision)};
}

DecisionView decide_registration(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account,
                                 const policy::LocationFacts& location, Instant now) {
    auto context        = context_of(tenant, flow, account);
    context.location    = location;
    context.resources   = {};
    context.user_action = policy::UserAction::registerSecurityInfo;
    auto decision       = policy::evaluate(tenant.compiled, context);
    return {std::move(context), session_facts(tenant, flow, account, now), std::move(decision)};
}

SignInRecord sign_in_record(const TenantSnapshot& tenant, const SignInFlow& flow, const Account* account, const DecisionView* view,
                            const risk::SignInRisk& risk, const RequestFacts& facts) {
    const auto was_seen     = signals_of(flow);
    const auto& seen        = *was_seen;
    const auto* application = tenant.application(flow.client);
    SignInRecord record{.id                        = flow.sign_in,
                        .user                      = account ? account->user.id : flow.user,
                        .user_principal_name       = account ? account->user.user_principal_name : "",
                        .application               = flow.client,
                        .correlation               = flow.correlation,
                        .request                   = facts.request,
                        .created_at                = flow.created_at,
                        .is_interactive            = flow.is_interactive,
                        .error_code                = flow.error_code,
                        .ip_address                = to_string(facts.address),
                        .risk_level_during_sign_in = flow.sign_in_risk.value_or(RiskLevel::none),
                        .risk_level_aggregated     = risk.aggregated,
                        .risk_state                = risk.state,
                        .risk_detail               = risk.detail};
    const auto status = view ? controls::conditional_access_status(view->decision, view->session)
                             : policy::ConditionalAccessStatus::notApplied;
    record.conditional_access_status = policy::to_string(status);

    json::Arena arena;
    json::object document({
        {"id", to_string(record.id)},
        {"createdDateTime", to_rfc3339(record.created_at)},
        {"userDisplayName", account ? account->user.display_name : ""},
        {"userPrincipalName", record.user_principal_name},
        {"userId", to_string(record.user)},
        {"appId", to_string(flow.client)},
        {"appDisplayName", application ? application->display_name : ""},
        {"ipAddress", record.ip_address},
        {"clientAppUsed", client_app_used(flow.client_app)},
        {"authenticationProtocol", flow.purpose == Purpose::device ? "deviceCode" : "oAuth2"},
        {"correlationId", to_string(record.correlation)},
        {"requestId", to_string(record.request)},
        {"sessionId", flow.session ? json::value(to_string(*flow.session)) : json::value(nullptr)},
        {"isInteractive", record.is_interactive},
        {"signInEventTypes", json::array{record.is_interactive ? "interactiveUser" : "nonInteractiveUser"}},
        {"tokenIssuerType", "AzureAD"},
        {"status", status_json(flow)},
        {"deviceDetail", device_json(seen.client)},
        {"userAgent", facts.user_agent},
        {"location", wire::location_to_json(seen.network.place)},
        {"autonomousSystemNumber", seen.network.asn ? json::value(*seen.network.asn) : json::value(nullptr)},
        {"riskLevelDuringSignIn", to_string(record.risk_level_during_sign_in)},
        {"riskEventTypes_v2", detected_types(flow)},
        {"conditionalAccessStatus", record.conditional_access_status},
        {"authenticationRequirement", view && needs_mfa(*view) ? "multiFactorAuthentication" : "singleFactorAuthentication"},
        {"authenticationDetails", flow.steps},
        {"authenticationProcessingDetails", processing_details(flow)},
        {"riskFindings", flow.findings},
        {"signals", flow.signals},
        {"userRiskLevel", flow.user_risk ? json::value(to_string(*flow.user_risk)) : json::value(nullptr)},
    }, arena.storage());
    if (view) {
        document["appliedConditionalAccessPolicies"] =
            wire::to_json(controls::applied_policies(view->decision, view->context, view->session));
    } else {
        document["appliedConditionalAccessPolicies"] = json::array{};
    }
    record.document = json::to_text(document);
    return record;
}

}  // namespace portcullis::app
