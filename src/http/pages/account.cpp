#include "http/pages/account.h"

#include "app/change_password.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/pages/login.h"

namespace portcullis::http {
namespace {

Response change_page(const Web& web, const Call& call, const app::LiveSession& live, std::vector<pages::PasswordProblem> problems) {
    return page(web, call,
                pages::PasswordChange{.reason     = pages::PasswordChange::Reason::voluntary,
                                      .current    = pages::PasswordChange::Current::asked,
                                      .problems   = std::move(problems),
                                      .length_min = call.tenant->tenant.settings.passwords.length_min},
                {.csrf        = session_csrf(web, call),
                 .user        = live.account.user.user_principal_name,
                 .form_action = "/" + call.tenant_segment + "/myaccount/password"});
}

Response not_signed_in(const Web& web, const Call& call) {
    return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::forbidden, .code = 50058}, {.status = 401});
}

std::vector<pages::PasswordProblem> problems_of(const app::PasswordChangeOutcome& outcome) {
    if (outcome.problem == app::Problem::currentWrong) return {pages::PasswordProblem::currentWrong};
    if (outcome.problem == app::Problem::confirmationDiffers) return {pages::PasswordProblem::confirmationDiffers};
    std::vector<pages::PasswordProblem> problems;
    for (const auto& reason : outcome.reasons) problems.push_back(page_problem(reason.problem));
    return problems;
}

}  // namespace

Response show_password_change(Web& web, const Call& call) {
    const auto session = live_session(web, call);
    if (!session) return error_page(web, call, session.error());
    if (!*session) return not_signed_in(web, call);
    return change_page(web, call, **session, {});
}

Response submit_password_change(Web& web, const Call& call) {
    const auto session = live_session(web, call);
    if (!session) return error_page(web, call, session.error());
    if (!*session) return not_signed_in(web, call);
    const auto form = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "change") return change_page(web, call, **session, {});

    app::Submission submission;
    submission.current_password = Secret(text_of(*form, "currentPassword"));
    submission.new_password     = Secret(text_of(*form, "newPassword"));
    submission.confirm_password = Secret(text_of(*form, "confirmPassword"));
    const auto outcome          = web.change_password(*call.tenant, **session, submission, call.facts);
    if (!outcome) return error_page(web, call, outcome.error());
    if (!outcome->session) return change_page(web, call, **session, problems_of(*outcome));
    auto response = page(web, call, pages::PasswordChanged{.reason = pages::PasswordChange::Reason::voluntary, .app_name = {}, .told = (*session)->account.user.mail});
    set_session_cookies(web, call, response, *outcome->session);
    return response;
}

}  // namespace portcullis::http
