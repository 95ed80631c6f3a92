#include "http/pages/my_sign_ins.h"

#include "app/own_sign_ins.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

using app::AnswerRefusal;
using Notice = pages::OwnSignIns::Notice;

constexpr std::string_view kSignIns  = "myaccount/sign-ins";
constexpr std::string_view kRescue   = "myaccount/secure";
constexpr std::string_view kSecurity = "myaccount/security-info";

std::string report_path(SignInId id) { return "myaccount/sign-ins/report?id=" + to_string(id); }

pages::SignInLine::Result result_of(app::SignInResult result) {
    switch (result) {
        case app::SignInResult::signedIn:      return pages::SignInLine::Result::signedIn;
        case app::SignInResult::wrongPassword: return pages::SignInLine::Result::wrongPassword;
        case app::SignInResult::notFinished:   return pages::SignInLine::Result::notFinished;
        case app::SignInResult::stopped:       break;
    }
    return pages::SignInLine::Result::stopped;
}

pages::SignInLine::Said said_of(app::OwnerAnswer answer) {
    switch (answer) {
        case app::OwnerAnswer::none:    return pages::SignInLine::Said::nothing;
        case app::OwnerAnswer::mine:    return pages::SignInLine::Said::mine;
        case app::OwnerAnswer::notMine: break;
    }
    return pages::SignInLine::Said::notMine;
}

pages::SignInLine line_of(const Web& web, const Call& call, const app::OwnSignIn& sign_in, std::string_view language) {
    pages::SignInLine line{.id          = to_string(sign_in.id),
                           .at          = sign_in.at,
                           .application = sign_in.application,
                           .browser     = sign_in.browser,
                           .os          = sign_in.os,
                           .place       = place_text(web, {sign_in.city, sign_in.country}, language),
                           .address     = sign_in.ip_address,
                           .result      = result_of(sign_in.result),
                           .said        = said_of(sign_in.says),
                           .is_unusual  = sign_in.is_unusual,
                           .is_this_one = sign_in.is_this_one};
    if (sign_in.is_proven) line.report_path = path_of(call, report_path(sign_in.id));
    if (sign_in.point) line.point = std::pair(sign_in.point->latitude, sign_in.point->longitude);
    return line;
}

Response list_page(Web& web, const Call& call, const Visit& visit, Notice notice) {
    const auto before = parse_id<SignInId>(query_text(call, "before"));
    const auto found  = app::OwnSignInsOf(web.ports).list(*call.tenant, visit.live, before, call.facts.now);
    if (!found) return error_page(web, call, found.error());
    const auto view     = view_of(web, call, visit, kSignIns);
    const auto language = language_of(web, call, view);
    pages::OwnSignIns screen{.notice = notice, .home_path = path_of(call, "myaccount")};
    for (const auto& one : found->unusual) screen.unusual.push_back(line_of(web, call, one, language));
    for (const auto& one : found->page) screen.page.push_back(line_of(web, call, one, language));
    if (found->next) screen.next_path = path_of(call, kSignIns) + "?before=" + to_string(*found->next);
    if (before) screen.first_path = path_of(call, kSignIns);
    return page(web, call, screen, view);
}

/// The list with what there is to say, or an error that tells nothing of other people's sign-ins.
Response not_taken(Web& web, const Call& call, const Visit& visit, AnswerRefusal because) {
    if (because == AnswerRefusal::answered) return list_page(web, call, visit, Notice::answered);
    return error_page(web, call, {ErrorCode::notFound, "the person has no such sign-in to speak of"});
}

enum class Asked { once, tooOften };

Response report_page(Web& web, const Call& call, const Visit& visit, SignInId id, Asked asked) {
    const auto found = app::OwnSignInsOf(web.ports).find(*call.tenant, visit.live, id, call.facts.now);
    if (!found) return error_page(web, call, found.error());
    if (const auto* because = std::get_if<AnswerRefusal>(&*found)) return not_taken(web, call, visit, *because);
    const auto view = view_of(web, call, visit, report_path(id));
    const auto line = line_of(web, call, std::get<app::OwnSignIn>(*found), language_of(web, call, view));
    return page(web, call, pages::SignInReport{.sign_in = line, .is_too_many = asked == Asked::tooOften}, view);
}

}  // namespace

Response show_sign_ins(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kSignIns);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), Notice::none);
}

Response submit_sign_ins(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kSignIns);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto id = parse_id<SignInId>(text_of(*form, "signIn"));
    if (text_of(*form, "action") != "next" || !id) return list_page(web, call, visit, Notice::none);
    const auto because = app::OwnSignInsOf(web.ports).was_me(*call.tenant, visit.live, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (*because) return not_taken(web, call, visit, **because);
    return list_page(web, call, visit, Notice::thanks);
}

Response show_report(Web& web, const Call& call) {
    const auto id = parse_id<SignInId>(query_text(call, "id"));
    if (!id) return redirect_to(web, path_of(call, kSignIns), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, report_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return report_page(web, call, std::get<Visit>(entered), *id, Asked::once);
}

Response submit_report(Web& web, const Call& call) {
    const auto id = parse_id<SignInId>(query_text(call, "id"));
    if (!id) return error_page(web, call, {ErrorCode::notFound, "no sign-in is named"});
    const auto entered = enter(web, call, Proof::mfa, report_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "report") return redirect_to(web, path_of(call, kSignIns), Redirect::seeOther);
    const auto because = app::OwnSignInsOf(web.ports).was_not_me(*call.tenant, visit.live, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return redirect_to(web, path_of(call, kRescue), Redirect::seeOther);
    if (**because == AnswerRefusal::notFresh) return prove(web, call, visit, Proof::freshMfa, report_path(*id));
    if (**because == AnswerRefusal::tooMany) return report_page(web, call, visit, *id, Asked::tooOften);
    return not_taken(web, call, visit, **because);
}

Response show_rescue(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kRescue);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    pages::AccountRescue screen{.security_path = path_of(call, kSecurity), .home_path = path_of(call, "myaccount")};
    if (visit.live.account.password) screen.password_path = path_of(call, "myaccount/password?with=mfa");
    return page(web, call, screen, view_of(web, call, visit, kSecurity));  // its form signs out everywhere, as there
}

}  // namespace portcullis::http
