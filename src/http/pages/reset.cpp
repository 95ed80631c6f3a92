#include "http/pages/reset.h"

#include "app/reset_password.h"
#include "base/encoding.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account.h"
#include "http/pages/login.h"
#include "http/pages/my_approvals.h"

namespace portcullis::http {
namespace {

using app::ResetProblem;
using app::ResetStage;
using app::ResetTurn;

std::string own_path(const Call& call) { return "/" + call.tenant_segment + "/reset"; }

/// The sign-in a link named, when it is the id of one: nothing else comes back in a page (PROTO-810).
std::string sign_in_of(const Call& call) {
    const auto query = Form::parse(call.request.query);
    const auto id    = query ? parse_id<FlowId>(text_of(*query, "flow")) : std::nullopt;
    return id ? to_string(*id) : std::string();
}

std::string sign_in_path(const Call& call, const std::string& sign_in) {
    return sign_in.empty() ? std::string() : "/" + call.tenant_segment + "/login?flow=" + sign_in;
}

/// The name typed in the sign-in this browser comes from, so that it need not be typed twice.
std::string name_in_sign_in(Web& web, const Call& call) {
    const auto flow = web.sign_in.find(*call.tenant, sign_in_of(call), cookie(web, call.request, CookieName::interaction), call.facts.now);
    return flow && *flow ? (*flow)->typed_name : std::string();
}

/// A reset begins with the sign-in it comes from, where there is one.
std::string start_path(const Call& call, const std::string& sign_in) { return own_path(call) + (sign_in.empty() ? "" : "?flow=" + sign_in); }

/// Before there is a flow, the anti-forgery value is bound to the cookie that came with the page.
std::string first_csrf(const Web& web, std::string_view secret) {
    return base64url(web.ports.digests.hmac_sha256(web.ports.keys.pepper.reveal(), "reset csrf|" + std::string(secret)));
}

Response name_page(const Web& web, const Call& call, std::string_view secret, pages::ResetName question) {
    return page(web, call, question, {.csrf = first_csrf(web, secret), .form_action = start_path(call, sign_in_of(call))});
}

std::vector<pages::PasswordProblem> problems_of(const ResetTurn& turn) {
    if (turn.problem == ResetProblem::confirmationDiffers) return {pages::PasswordProblem::confirmationDiffers};
    std::vector<pages::PasswordProblem> problems;
    for (const auto& reason : turn.reasons) problems.push_back(page_problem(reason.problem));
    return problems;
}

pages::ResetMethod method_page(const ResetTurn& turn) {
    pages::ResetMethod question{.methods = {}, .is_second = !turn.flow.proven.empty()};
    for (const auto method : turn.offered) question.methods.emplace_back(to_string(method));
    using Problem = pages::ResetMethod::Problem;
    if (turn.problem == ResetProblem::notApproved) question.problem = Problem::notApproved;
    if (turn.problem == ResetProblem::approvalPaused) question.problem = Problem::approvalPaused;
    if (turn.problem == ResetProblem::approvalUnreachable) question.problem = Problem::approvalUnreachable;
    return question;
}

/// The page that ends it without a password, with the way back to where the person came from.
pages::ResetUnavailable ended(const Call& call, pages::ResetUnavailable::Reason because, const std::string& sign_in) {
    return {.reason = because, .sign_in_path = sign_in_path(call, sign_in), .home_path = sign_in.empty() ? "/" + call.tenant_segment + "/myaccount" : ""};
}

pages::Screen screen_of(const Web& web, const Call& call, const ResetTurn& turn) {
    const auto& flow = turn.flow;
    switch (flow.stage) {
        case ResetStage::wish:   return pages::ResetWish{};
        case ResetStage::method: return method_page(turn);
        case ResetStage::number:
            return pages::ResetNumber{.is_call = flow.asked == AuthMethod::voice, .is_malformed = turn.problem == ResetProblem::numberMalformed};
        case ResetStage::code: {
            const bool is_wrong = turn.problem == ResetProblem::code;
            return pages::ResetCode{.method  = std::string(to_string(flow.asked)),
                                    .problem = is_wrong ? pages::CodeProblem::didNotMatch : pages::CodeProblem::none};
        }
        case ResetStage::approval:
            return pages::ApprovalWait{.number         = flow.approval_number,
                                       .devices        = turn.approvers,
                                       .approvals_path = approvals_address(web, call),
                                       .is_waiting     = turn.problem == ResetProblem::approvalWaiting};
        case ResetStage::password:
            return pages::ResetNewPassword{.problems     = problems_of(turn),
                                           .length_min   = turn.length_min,
                                           .refusal_code = turn.reasons.empty() ? 0 : static_cast<int>(number_of(credentials::register_code(turn.reasons)))};
        case ResetStage::done:
            return pages::ResetDone{.sign_in_path = sign_in_path(call, flow.sign_in_flow),
                                    .is_unlocked  = flow.wish == app::ResetWish::unlock,
                                    .is_told      = flow.wish == app::ResetWish::forgotten && call.tenant->tenant.settings.reset.notifies_users};
        case ResetStage::asked:       return ended(call, pages::ResetUnavailable::Reason::helpDeskAsked, flow.sign_in_flow);
        case ResetStage::stopped:     return ended(call, pages::ResetUnavailable::Reason::tooManyTries, flow.sign_in_flow);
        case ResetStage::unavailable: break;
    }
    return ended(call, pages::ResetUnavailable::Reason::notByOneself, flow.sign_in_flow);
}

bool is_over(ResetStage stage) {
    return stage == ResetStage::done || stage == ResetStage::asked || stage == ResetStage::stopped || stage == ResetStage::unavailable;
}

Response turn_page(const Web& web, const Call& call, const ResetTurn& turn) {
    const auto& flow = turn.flow;
    auto response    = page(web, call, screen_of(web, call, turn),
                            {.flow = to_string(flow.id), .csrf = flow.csrf, .user = flow.typed_name, .form_action = own_path(call)});
    if (is_over(flow.stage)) forget_cookie(web, response, CookieName::reset);
    else if (!turn.browser_secret.empty()) set_cookie(web, response, CookieName::reset, turn.browser_secret);
    return response;
}

/// The reset went on, or ended, without this page: it begins anew.
Response flow_gone(const Web& web, const Call& call, const std::string& sign_in, int status) {
    auto screen       = over(call);
    screen.again_path = start_path(call, sign_in);
    return page(web, call, screen, {.status = status});
}

/// Back to where the person came from.
Response left(const Web& web, const Call& call, const std::string& sign_in) {
    auto response = redirect_to(web, sign_in.empty() ? own_path(call) : sign_in_path(call, sign_in), Redirect::seeOther);
    forget_cookie(web, response, CookieName::reset);
    return response;
}

Response begin(Web& web, const Call& call, const Form& form) {
    const auto secret = cookie(web, call.request, CookieName::reset);
    if (secret.empty() || !equal_constant_time(text_of(form, "csrf"), first_csrf(web, secret))) {
        web.on_failure("a form came without its anti-forgery value", call.request.id);
        return flow_gone(web, call, sign_in_of(call), 403);
    }
    const auto name = text_of(form, "username");
    if (text_of(form, "action") == "cancel") return left(web, call, sign_in_of(call));
    if (name.empty()) return name_page(web, call, secret, {.is_missing = true});
    const auto turn = web.reset_password.begin(*call.tenant, name, sign_in_of(call), call.facts);
    if (turn) return turn_page(web, call, *turn);
    if (turn.error().code != ErrorCode::tooManyRequests) return error_page(web, call, turn.error());
    return too_many_tries(web, call);
}

app::ResetAnswer answer_of(const Form& form) {
    app::ResetAnswer answer;
    answer.action           = text_of(form, "action");
    answer.method           = text_of(form, "method");
    answer.phone            = text_of(form, "phone");
    answer.otp              = text_of(form, "otp");
    answer.new_password     = Secret(text_of(form, "newPassword"));
    answer.confirm_password = Secret(text_of(form, "confirmPassword"));
    return answer;
}

}  // namespace

std::string reset_path(const Call& call, const FlowId& sign_in) { return own_path(call) + "?flow=" + to_string(sign_in); }

Response show_reset(Web& web, const Call& call) {
    if (call.tenant->tenant.settings.reset.scope == identity::ResetScope::none) {
        return page(web, call, ended(call, pages::ResetUnavailable::Reason::notByOneself, sign_in_of(call)));
    }
    // A reset under way in another tab goes on: its cookie stays.
    const auto known  = cookie(web, call.request, CookieName::reset);
    const auto secret = known.empty() ? web.ports.random.token() : known;
    auto response     = name_page(web, call, secret, {.prefill = name_in_sign_in(web, call)});
    if (known.empty()) set_cookie(web, response, CookieName::reset, secret);
    return response;
}

Response submit_reset(Web& web, const Call& call) {
    if (!is_same_site(web, call.request)) return error_page(web, call, {ErrorCode::forbidden, "a form came from another site"});
    const auto form = Form::of_body(call.request);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "flow").empty()) return begin(web, call, *form);
    const auto id = parse_id<FlowId>(text_of(*form, "flow"));
    if (!id) return flow_gone(web, call, {}, 400);
    auto flow = web.reset_password.find(*call.tenant, *id, cookie(web, call.request, CookieName::reset), call.facts.now);
    if (!flow) return error_page(web, call, flow.error());
    if (!*flow) return flow_gone(web, call, {}, 400);
    if (!equal_constant_time((*flow)->csrf, text_of(*form, "csrf"))) {
        return error_page(web, call, {ErrorCode::forbidden, "a form came without its anti-forgery value"});
    }
    const bool sets_password = (*flow)->stage == ResetStage::password;
    const auto turn          = web.reset_password.submit(*call.tenant, std::move(**flow), answer_of(*form), call.facts);
    if (!turn) return sets_password ? password_failed(web, call, turn.error()) : error_page(web, call, turn.error());
    if (turn->is_over) return flow_gone(web, call, turn->flow.sign_in_flow, 400);
    if (turn->is_abandoned) return left(web, call, turn->flow.sign_in_flow);
    return turn_page(web, call, *turn);
}

}  // namespace portcullis::http
