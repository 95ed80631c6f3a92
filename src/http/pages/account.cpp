#include "http/pages/account.h"

#include "app/change_password.h"
#include "app/password_refusals.h"
#include "app/password_setter.h"
#include "core/credentials/method_roles.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"
#include "http/pages/login.h"

namespace portcullis::http {
namespace {

constexpr std::string_view kHome     = "myaccount";
constexpr std::string_view kPassword = "myaccount/password";
/// Asked for where the change is to settle a risk: only with MFA of this moment does it (E08, E10).
constexpr std::string_view kWithMfa  = "myaccount/password?with=mfa";

/// Whether the proof at hand moves no risk because it is the one that enrolled all they have; a proof from now on does.
bool proved_by_enrolling(const app::LiveSession& live, Instant now) {
    return credentials::has_second_factor(live.account.methods) && live.session.mfa_time && !app::settles_risk(live, now);
}

std::string_view path_asked(const Call& call) { return query_text(call, "with") == "mfa" ? kWithMfa : kPassword; }

Entered enter_password(Web& web, const Call& call) {
    const auto path = path_asked(call);
    auto entered    = arrive(web, call, path);
    auto* visit     = std::get_if<Visit>(&entered);
    // A password that somebody else may know is changed even by who has nothing left to prove themselves with. That settles no risk.
    if (!visit || path != kWithMfa || is_unprovable(call, visit->live)) return entered;
    entered = proven(web, call, std::move(*visit), Proof::freshMfa, path);
    visit   = std::get_if<Visit>(&entered);
    if (visit && proved_by_enrolling(visit->live, call.facts.now)) return sign_in_again(web, call, *visit, path);
    return entered;
}

/// Somebody who signs in without a password, such as a guest: there is none to prove and none to change.
Response no_password(const Web& web, const Call& call, const Visit& visit) {
    const pages::GenericError screen{.kind = pages::GenericError::Kind::noPassword, .home_path = path_of(call, "myaccount")};
    auto view   = view_of(web, call, visit, kPassword);
    view.status = 403;
    return page(web, call, screen, view);
}

Response change_page(const Web& web, const Call& call, const Visit& visit, std::vector<pages::PasswordProblem> problems, int code = 0) {
    return page(web, call,
                pages::PasswordChange{.reason     = pages::PasswordChange::Reason::voluntary,
                                      .current    = pages::PasswordChange::Current::asked,
                                      .problems   = std::move(problems),
                                      .length_min = app::password_length_min(*call.tenant, visit.live.account),
                                      .refusal_code = code},
                view_of(web, call, visit, path_asked(call)));
}

std::vector<pages::PasswordProblem> problems_of(const app::PasswordChangeOutcome& outcome) {
    if (outcome.problem == app::Problem::currentWrong) return {pages::PasswordProblem::currentWrong};
    if (outcome.problem == app::Problem::confirmationDiffers) return {pages::PasswordProblem::confirmationDiffers};
    std::vector<pages::PasswordProblem> problems;
    for (const auto& reason : outcome.reasons) problems.push_back(page_problem(reason.problem));
    return problems;
}

/// Of credentials.md §10.4; 0 where nothing was refused but a slip of the keyboard.
int code_of(const app::PasswordChangeOutcome& outcome) {
    if (outcome.problem == app::Problem::currentWrong) return static_cast<int>(number_of(StsError::PasswordChangeIncorrectCurrentPassword));
    return outcome.reasons.empty() ? 0 : static_cast<int>(number_of(credentials::register_code(outcome.reasons)));
}

}  // namespace

Response password_failed(const Web& web, const Call& call, const Error& error) {
    const auto code = static_cast<int>(number_of(app::failed_password_code(error.code)));
    const auto show = [&](pages::GenericError screen, int status) {
        web.on_failure(error.message, call.request.id);
        screen.code = code;
        return page(web, call, screen, {.status = status});
    };
    const auto home = over(call).home_path;
    switch (error.code) {
        case ErrorCode::notFound:        return show({.kind = pages::GenericError::Kind::notFound, .home_path = home}, 404);
        case ErrorCode::conflict:        return show(over(call), 409);
        case ErrorCode::unavailable:     return show({.kind = pages::GenericError::Kind::notAvailable, .home_path = home}, 503).set("Retry-After", "2");
        case ErrorCode::invalidRequest:
        case ErrorCode::unauthenticated:
        case ErrorCode::forbidden:
        case ErrorCode::tooManyRequests: break;
    }
    return error_page(web, call, error);
}

Response show_password_change(Web& web, const Call& call) {
    const auto entered = enter_password(web, call);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    return visit.live.account.password ? change_page(web, call, visit, {}) : no_password(web, call, visit);
}

Response submit_password_change(Web& web, const Call& call) {
    const auto form = session_form(web, call);
    if (form && text_of(*form, "action") != "change") return redirect_to(web, path_of(call, kHome), Redirect::seeOther);
    const auto entered = enter_password(web, call);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    if (!form) return error_page(web, call, form.error());

    if (!visit.live.account.password) return no_password(web, call, visit);
    app::Submission submission;
    submission.current_password = Secret(text_of(*form, "currentPassword"));
    submission.new_password     = Secret(text_of(*form, "newPassword"));
    submission.confirm_password = Secret(text_of(*form, "confirmPassword"));
    const auto outcome          = web.change_password(*call.tenant, visit.live, submission, call.facts);
    if (!outcome) return password_failed(web, call, outcome.error());
    if (!outcome->session) return change_page(web, call, visit, problems_of(*outcome), code_of(*outcome));
    auto view     = view_of(web, call, visit, "myaccount");
    view.csrf     = session_csrf(web, outcome->session->reference);
    auto response = page(web, call, pages::PasswordChanged{.reason = pages::PasswordChange::Reason::voluntary, .app_name = {}, .told = visit.live.account.user.mail}, view);
    set_session_cookies(web, response, *outcome->session);
    return response;
}

}  // namespace portcullis::http
