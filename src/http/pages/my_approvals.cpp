#include "http/pages/my_approvals.h"

#include "app/approvals.h"
#include "app/own_prompts.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"
#include "http/pages/my_prompts.h"

namespace portcullis::http {
namespace {

using app::ApprovalAnswer;
using app::ApproverStanding;
using Notice = pages::Approvals::Notice;

constexpr std::string_view kApprovals = "myaccount/approvals";
constexpr std::string_view kApprover  = "myaccount/security-info/approver";

Response approvals_page(Web& web, const Call& call, const Visit& visit, Notice notice) {
    app::Approvals approvals(web.ports);
    const auto standing = approvals.standing(*call.tenant, visit.live, call.facts);
    if (!standing) return error_page(web, call, standing.error());
    if (*standing == ApproverStanding::off) return error_page(web, call, {ErrorCode::notFound, "approvals are off for the person"});
    const auto waiting = approvals.waiting(*call.tenant, visit.live, call.facts);
    if (!waiting) return error_page(web, call, waiting.error());
    const auto may_add = approvals.may_add_device(*call.tenant, visit.live.account, call.facts);
    if (!may_add) return error_page(web, call, may_add.error());
    const auto view = view_of(web, call, visit, kApprovals);
    pages::Approvals screen{.notice      = notice,
                            .is_approver = *standing == ApproverStanding::registered,
                            .may_report  = app::OwnPrompts::is_offered(*call.tenant, visit.live.account),
                            .add_path    = *may_add ? path_of(call, kApprover) : std::string(),
                            .home_path   = path_of(call, "myaccount"),
                            .again_path  = path_of(call, kApprovals)};
    if (*waiting) {
        screen.id      = to_string((*waiting)->id);
        screen.waiting = prompt_line(web, (*waiting)->prompt, language_of(web, call, view));
    }
    return page(web, call, screen, view);
}

Notice notice_of(ApprovalAnswer answer) {
    switch (answer) {
        case ApprovalAnswer::approved:    return Notice::approved;
        case ApprovalAnswer::wrongNumber: return Notice::wrongNumber;
        case ApprovalAnswer::denied:      return Notice::denied;
        case ApprovalAnswer::sameDevice:  return Notice::sameDevice;
        case ApprovalAnswer::over:
        case ApprovalAnswer::notApprover: break;
    }
    return Notice::over;
}

}  // namespace

std::string approvals_address(const Web& web, const Call& call) {
    return web.ports.base_url + "/" + call.tenant->tenant.domain + "/" + std::string(kApprovals);
}

Response show_approvals(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kApprovals);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return approvals_page(web, call, std::get<Visit>(entered), Notice::none);
}

Response submit_approvals(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kApprovals);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto id     = parse_id<FlowId>(text_of(*form, "approval"));
    const auto action = text_of(*form, "action");
    if (!id || (action != "verify" && action != "cancel" && action != "report")) return approvals_page(web, call, visit, Notice::none);
    app::Approvals approvals(web.ports);
    const auto answered = action == "verify" ? approvals.approve(*call.tenant, visit.live, *id, text_of(*form, "otp"), call.facts)
                                             : approvals.deny(*call.tenant, visit.live, *id, call.facts);
    if (!answered) return error_page(web, call, answered.error());
    // It is refused already; the report asks for a fresh proof, and asks before it moves anything.
    if (action == "report") return redirect_to(web, path_of(call, prompt_report_path(*id)), Redirect::seeOther);
    return approvals_page(web, call, visit, notice_of(*answered));
}

}  // namespace portcullis::http
