#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/external_methods.h"
#include "app/sign_in.h"
#include "app/sign_in_steps.h"

namespace portcullis::app {
namespace {

using credentials::ExternalFault;

/// A step of the sign-in record, with the provider's name beside the method's (Graph authenticationDetail).
json::object external_step(Instant now, std::string_view provider, bool succeeded, std::string_view detail) {
    auto step = step_taken(now, "External authentication method", succeeded, detail);
    step["authenticationMethodDetail"] = provider;
    return step;
}

Problem problem_of(ExternalFault fault) {
    switch (fault) {
        case ExternalFault::denied:      return Problem::externalDenied;
        case ExternalFault::unavailable: return Problem::externalUnavailable;
        default:                         return Problem::external;
    }
}

}  // namespace

std::vector<MethodId> SignIn::asked_external(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account) {
    std::vector<MethodId> methods;
    for (const auto* method : offered_external(tenant, account)) {
        if (takes(flow, method->id)) methods.push_back(method->id);
    }
    return methods;
}

Result<std::optional<ExternalForm>> SignIn::external_form(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts) {
    if (flow.stage != Stage::external) return std::optional<ExternalForm>{};
    const auto account = TRY(account_of(tenant, flow));
    return external_mfa_.form(tenant, flow, account, facts);
}

/// To the provider that was chosen; it is asked by the next page's form.
Result<Turn> SignIn::ask_external(const TenantSnapshot& tenant, SignInFlow flow, MethodId method, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    const auto asked   = asked_external(tenant, flow, account);
    const auto found   = std::ranges::find(tenant.external_methods, method, &identity::ExternalMethod::id);
    if (found == tenant.external_methods.end() || std::ranges::find(asked, method) == asked.end()) return Turn{.flow = std::move(flow), .problem = Problem::wrongPage};
    auto request = TRY(external_mfa_.ask(tenant, flow, *found, facts.now));
    if (const auto* not_asked = std::get_if<NotAsked>(&request)) {
        const bool is_paused = *not_asked == NotAsked::paused;
        flow.steps.push_back(external_step(facts.now, found->display_name, false, is_paused ? "Not asked; too many were not confirmed" : "Not asked; the provider cannot be reached"));
        const auto why = is_paused ? "too many requests to the external method were not confirmed" : credentials::sentence_of(ExternalFault::unavailable);
        TRY(record_failed_mfa(tenant, flow, account, why, facts));
        return Turn{.flow = std::move(flow), .problem = is_paused ? Problem::externalPaused : Problem::externalUnavailable};
    }
    flow.external = std::get<ExternalRequest>(std::move(request));
    flow.stage    = Stage::external;
    return Turn{.flow = std::move(flow)};
}

/// The browser is back from the provider, or its person chose another way.
Result<Turn> SignIn::answer_external(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (submission.action == "next") {
        flow.external.reset();
        flow.stage = Stage::mfa;
        return Turn{.flow = std::move(flow)};
    }
    const auto account = TRY(account_of(tenant, flow));
    const auto outcome = TRY(external_mfa_.take(tenant, flow, account, submission.external_ticket, facts.now));
    if (std::holds_alternative<ExternalWaiting>(outcome)) return Turn{.flow = std::move(flow), .problem = Problem::externalWaiting};
    flow.external.reset();
    flow.stage = Stage::mfa;
    if (const auto* proof = std::get_if<ExternalProof>(&outcome)) return passed_external(tenant, std::move(flow), *proof, facts);

    const auto& refused = std::get<ExternalRefused>(outcome);
    const auto detail   = fmt::format("{}: {}{}{}", credentials::to_string(refused.fault), credentials::sentence_of(refused.fault), refused.detail.empty() ? "" : "; ", refused.detail);
    flow.steps.push_back(external_step(facts.now, refused.provider, false, detail));
    auto failed       = flow;
    failed.error_code = credentials::error_code_of(refused.fault);
    failed.refusal    = detail;
    TRY(record_failure(tenant, failed, &account, facts));  // E30: the risk stays as it is
    return Turn{.flow = std::move(flow), .problem = problem_of(refused.fault)};
}

Result<Turn> SignIn::passed_external(const TenantSnapshot& tenant, SignInFlow flow, const ExternalProof& proof, const RequestFacts& facts) {
    flow.mfa_at = facts.now;
    prove(flow, AuthMethod::externalMethod, facts.now);
    flow.factors.back().provider = proof.method;
    flow.factors.back().amr      = proof.amr;
    flow.steps.push_back(external_step(facts.now, proof.provider, true, fmt::format("MFA completed by the external provider ({})", fmt::join(proof.amr, ", "))));
    const remediation::Completed done{controls::GrantControl::mfa, flow.driven_by, remediation::Met::now};
    return went_on(complete(tenant, std::move(flow), done, {}, facts));
}

}  // namespace portcullis::app
