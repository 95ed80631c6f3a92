#include <algorithm>

#include "app/notices.h"
#include "app/reset_password.h"

/// Approval on another device as the second proof of a reset (credentials.md §6.1, §9.1, CRED-017, CRED-018).
namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using credentials::ApprovalState;

std::vector<std::string> approvers_of(const Account& account) {
    std::vector<std::string> names;
    for (const auto& method : account.methods) {
        if (method.kind == AuthMethod::push && !method.display_name.empty()) names.push_back(method.display_name);
    }
    return names;
}

}  // namespace

ApprovalWanted ResetPassword::approval_for(const ResetFlow& flow) {
    return {.purpose = kPromptOfReset, .flow = flow.id, .sign_in = {}, .application = {}, .session = {}};
}

/// Charged as a proof until it is approved, so that it is no way round the five that may be wrong (CRED-043).
Result<ResetTurn> ResetPassword::ask_approval(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts) {
    flow.stage = ResetStage::method;
    const auto wanted = approval_for(flow);
    if (!TRY(approvals_.is_reachable(tenant, *now.account, wanted, facts))) return at_method(tenant, std::move(flow), facts, ResetProblem::approvalUnreachable);
    auto counters = limits(tenant, flow);
    if (!TRY(counters.charge_proof(facts.now))) return stop(tenant, std::move(flow), "proofs", facts);
    const auto asked = TRY(approvals_.ask(tenant, *now.account, wanted, facts));
    TRY(note(tenant, now, {{}, asked ? "approvalAsked" : "approvalNotAsked", asked ? "push" : "too many were not approved"}, {}, facts));
    if (!asked) {
        TRY(counters.refund_proof(facts.now));
        return at_method(tenant, std::move(flow), facts, ResetProblem::approvalPaused);
    }
    if (asked->unapproved > 0) TRY(tell_of_pause(tenant, flow, now, asked->unapproved, facts));
    flow.stage           = ResetStage::approval;
    flow.approval        = asked->approval.id;
    flow.approval_number = asked->approval.pending.number;
    TRY(save(tenant, flow, facts.now));
    return ResetTurn{.flow = std::move(flow), .approvers = approvers_of(*now.account)};
}

/// Somebody who gave one right proof wears the person down, or the person cannot reach their device; told once a day (V 6.6.4).
Result<void> ResetPassword::tell_of_pause(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, int unapproved, const RequestFacts& facts) {
    ++approval_pauses_;
    const auto& user = now.account->user;
    const Words words{{"count", std::to_string(unapproved)}, {"method", std::string(to_string(flow.proven.back()))}};
    const auto key   = "approvals|toldOfReset|" + to_string(user.id);
    const auto told  = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, key, facts.now + 24h, facts.now));
    std::vector<Change> sent;
    if (told == 1) {
        TRY(add_notice(sent, ports_, tenant, user,
                       {.notice = Notice::resetApprovalsUnanswered, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    }
    return note(tenant, now, {{}, "approvalsPaused", "MFA fatigue; requests not approved: " + std::to_string(unapproved)}, std::move(sent), facts);
}

/// "I have approved it".
Result<ResetTurn> ResetPassword::answer_approval(const TenantSnapshot& tenant, ResetFlow flow, const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    if (TRY(limits(tenant, flow).is_stopped(facts.now))) return end(tenant, std::move(flow), ResetStage::stopped);
    const auto now   = TRY(standing(tenant, flow, facts.now));
    const auto found = TRY(approvals_.find(id, flow.user, flow.approval, facts.now));
    const bool waits = now.account && found && found->pending.state == ApprovalState::waiting && facts.now < found->pending.expires_at;
    if (waits) return ResetTurn{.flow = std::move(flow), .problem = ResetProblem::approvalWaiting, .approvers = approvers_of(*now.account)};
    if (const auto approved = TRY(approvals_.take_approved(id, flow.user, flow.approval, facts.now))) {
        if (TRY(is_approved(tenant, flow, now, *approved, facts.now))) return passed_approval(tenant, std::move(flow), now, facts);
    } else if (TRY(approvals_.is_taken(id, flow.user, flow.approval, facts.now))) {
        return Error{ErrorCode::conflict, "the same step was answered twice"};
    }
    TRY(note(tenant, now, {{}, "gateFailed", found ? "push" : "push; nobody answered in time"}, {}, facts));
    flow.stage = ResetStage::method;
    return at_method(tenant, std::move(flow), facts, ResetProblem::notApproved);
}

/// It was given for this reset, by a session that still could, and an approval is still what this person may prove next.
Result<bool> ResetPassword::is_approved(const TenantSnapshot& tenant, const ResetFlow& flow, const Standing& now, const Approval& approved, Instant at) {
    if (!now.account || !now.offer || approved.prompt.purpose != kPromptOfReset || approved.prompt.flow != flow.id) return false;
    const auto open = credentials::open_methods(*now.offer, flow.proven);
    if (std::ranges::find(open, AuthMethod::push) == open.end()) return false;
    return approvals_.still_stands(tenant, *now.account, approved, at);
}

Result<ResetTurn> ResetPassword::passed_approval(const TenantSnapshot& tenant, ResetFlow flow, const Standing& now, const RequestFacts& facts) {
    TRY(note(tenant, now, {{}, "gatePassed", "push"}, {}, facts));
    TRY(limits(tenant, flow).refund_proof(facts.now));
    TRY(approvals_.forgive(tenant.tenant.id, flow.user));
    return proven(tenant, std::move(flow), now, facts);
}

}  // namespace portcullis::app
