#include <fmt/format.h>

#include <algorithm>

#include "app/notices.h"
#include "app/second_factors.h"
#include "app/sign_in.h"
#include "app/sign_in_steps.h"

namespace portcullis::app {
namespace {

using credentials::ApprovalState;

}  // namespace

/// A request to the person's other devices; the number is shown here (CRED-017).
Result<Turn> SignIn::ask_approval(const TenantSnapshot& tenant, SignInFlow flow, const RequestFacts& facts) {
    const auto account = TRY(account_of(tenant, flow));
    const auto asked   = TRY(approvals_.ask(tenant, account, flow, facts));
    if (!asked) {
        flow.steps.push_back(step_taken(facts.now, kPushStep, false, "Not sent; too many were not approved"));
        return Turn{.flow = std::move(flow), .problem = Problem::approvalPaused};
    }
    flow.stage           = Stage::approval;
    flow.approval        = asked->approval.id;
    flow.approval_number = asked->approval.pending.number;
    if (asked->unapproved > 0) {
        flow.unapproved = asked->unapproved;
        TRY(tell_of_pause(tenant, flow, account, facts));
    }
    return Turn{.flow = std::move(flow)};
}

/// Somebody who knows the password wears the person down, or the person cannot reach their device: the record says so at once, for whoever
/// asked may never come back, and the person is told, once a day (MFA fatigue; credentials.md §6.1, V 6.6.4).
Result<void> SignIn::tell_of_pause(const TenantSnapshot& tenant, SignInFlow& flow, const Account& account, const RequestFacts& facts) {
    ++approval_pauses_;
    flow.steps.push_back(step_taken(facts.now, kPushStep, false, fmt::format("MFA fatigue; {} requests were not approved", flow.unapproved)));
    auto asked       = flow;
    asked.error_code = kStrongAuthenticationFailed;
    asked.refusal    = "too many requests for approval";
    std::vector<Change> changes{SignInRecorded{sign_in_record(tenant, asked, &account, nullptr, flow.risk_line, facts)}};
    const auto key  = "approvals|told|" + to_string(account.user.id);
    const auto told = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, key, facts.now + std::chrono::hours{24}, facts.now));
    if (told == 1) {
        TRY(add_notice(changes, ports_, tenant, account.user,
                       {.notice = Notice::approvalsUnanswered, .at = facts.now, .from = &facts, .words = {{"count", std::to_string(flow.unapproved)}}, .other_addresses = {}}));
    }
    return commit(tenant, flow, as_user(account), std::move(changes), facts.now);
}

/// "I have approved", or back to the other ways.
Result<Turn> SignIn::answer_approval(const TenantSnapshot& tenant, SignInFlow flow, const Submission& submission, const RequestFacts& facts) {
    if (submission.action == "next") {
        TRY(approvals_.withdraw(tenant.tenant.id, flow.user, flow.approval, facts.now));
        flow.stage = Stage::mfa;
        return Turn{.flow = std::move(flow)};
    }
    const auto found   = TRY(approvals_.find(tenant.tenant.id, flow.user, flow.approval, facts.now));
    const bool waits   = found && found->pending.state == ApprovalState::waiting && facts.now < found->pending.expires_at;
    if (waits) return Turn{.flow = std::move(flow), .problem = Problem::approvalWaiting};
    const auto account = TRY(account_of(tenant, flow));
    if (const auto approved = TRY(approvals_.take_approved(tenant.tenant.id, flow.user, flow.approval, facts.now))) {
        if (TRY(is_approved(tenant, flow, account, *approved, facts.now))) return passed_approval(tenant, std::move(flow), *approved, facts);
    } else if (TRY(approvals_.is_taken(tenant.tenant.id, flow.user, flow.approval, facts.now))) {
        // Of two forms at once the other has it, and is going on with it: this one must not stand in its way.
        return Error{ErrorCode::conflict, "the same step was answered twice"};
    }
    flow.steps.push_back(step_taken(facts.now, kPushStep, false, found ? "MFA denied; the sign-in was not approved" : "MFA denied; nobody answered in time"));
    flow.stage = Stage::mfa;
    TRY(record_failed_mfa(tenant, flow, account, "the sign-in was not approved", facts));
    return Turn{.flow = std::move(flow), .problem = Problem::approval};
}

/// It was given for this sign-in, by a session that still could, and an approval by that device is still what may be given here. What
/// somebody else added vouches for nothing: neither the device, nor what its session was opened with, nor what the approval stands beside.
Result<bool> SignIn::is_approved(const TenantSnapshot& tenant, const SignInFlow& flow, const Account& account, const Approval& approved, Instant now) {
    if (approved.prompt.purpose != kPromptOfSignIn || approved.prompt.flow != flow.id || !takes(flow, approved.approver)) return false;
    const auto own     = without_methods(account, flow.flagged);
    const auto factors = second_factors(tenant, own, now);
    if (std::ranges::find(factors, SecondFactor::push) == factors.end()) return false;
    return approvals_.still_stands(tenant, own, approved, now);
}

Result<Turn> SignIn::passed_approval(const TenantSnapshot& tenant, SignInFlow flow, const Approval& approved, const RequestFacts& facts) {
    flow.mfa_at = facts.now;
    flow.stage  = Stage::mfa;
    flow.approval_number.clear();
    prove(flow, AuthMethod::push, facts.now, approved.approver);
    flow.steps.push_back(step_taken(facts.now, kPushStep, true, "MFA completed in Portcullis"));
    const auto user = flow.user;
    const remediation::Completed done{controls::GrantControl::mfa, flow.driven_by, remediation::Met::now};
    auto next = TRY(went_on(complete(tenant, std::move(flow), done, {}, facts)));
    TRY(approvals_.forgive(tenant.tenant.id, user));
    return next;
}

}  // namespace portcullis::app
