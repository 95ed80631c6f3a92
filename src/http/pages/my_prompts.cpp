#include "http/pages/my_prompts.h"

#include "app/own_prompts.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

using app::ReportRefusal;

constexpr std::string_view kPrompts = "myaccount/prompts";
constexpr std::string_view kSignIns = "myaccount/sign-ins";
constexpr std::string_view kRescue  = "myaccount/secure";

pages::PromptLine::Kind kind_of(AuthMethod method) {
    if (method == AuthMethod::sms) return pages::PromptLine::Kind::message;
    if (method == AuthMethod::voice) return pages::PromptLine::Kind::call;
    return method == AuthMethod::push ? pages::PromptLine::Kind::approval : pages::PromptLine::Kind::mail;
}

enum class Gone { no, yes };

Response list_page(Web& web, const Call& call, const Visit& visit, Gone gone) {
    if (!app::OwnPrompts::is_offered(*call.tenant, visit.live.account)) return redirect_to(web, path_of(call, kSignIns), Redirect::found);
    const auto prompts = app::OwnPrompts(web.ports).list(*call.tenant, visit.live, call.facts.now);
    if (!prompts) return error_page(web, call, prompts.error());
    const auto view     = view_of(web, call, visit, kPrompts);
    const auto language = language_of(web, call, view);
    pages::AccountPrompts screen{.is_gone = gone == Gone::yes, .home_path = path_of(call, "myaccount"), .sign_ins_path = path_of(call, kSignIns)};
    for (const auto& prompt : *prompts) {
        screen.prompts.push_back(prompt_line(web, prompt, language));
        screen.prompts.back().report_path = path_of(call, prompt_report_path(prompt.id));
    }
    return page(web, call, screen, view);
}

/// What is over leads to the list; what never was theirs looks the same.
Response not_taken(Web& web, const Call& call, const Visit& visit, ReportRefusal because) {
    if (because == ReportRefusal::off) return error_page(web, call, {ErrorCode::notFound, "prompts are not reported here"});
    return list_page(web, call, visit, Gone::yes);
}

enum class Asked { once, tooOften };

Response ask_page(Web& web, const Call& call, const Visit& visit, FlowId id, Asked asked) {
    const auto found = app::OwnPrompts(web.ports).find(*call.tenant, visit.live, id, call.facts.now);
    if (!found) return error_page(web, call, found.error());
    if (const auto* because = std::get_if<ReportRefusal>(&*found)) return not_taken(web, call, visit, *because);
    const auto view = view_of(web, call, visit, prompt_report_path(id));
    const auto line = prompt_line(web, std::get<app::MfaPrompt>(*found), language_of(web, call, view));
    return page(web, call, pages::PromptReport{.prompt = line, .is_too_many = asked == Asked::tooOften}, view);
}

}  // namespace

std::string prompt_report_path(FlowId id) { return "myaccount/prompts/report?id=" + to_string(id); }

pages::PromptLine prompt_line(const Web& web, const app::MfaPrompt& prompt, std::string_view language) {
    return {.kind        = kind_of(prompt.method),
            .is_reset    = prompt.purpose == app::kPromptOfReset,
            .at          = prompt.at,
            .application = prompt.application,
            .browser     = prompt.browser,
            .os          = prompt.os,
            .place       = place_text(web, {prompt.city, prompt.country}, language),
            .address     = prompt.ip_address,
            .report_path = {}};
}

Response show_prompts(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kPrompts);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), Gone::no);
}

Response show_prompt_report(Web& web, const Call& call) {
    const auto id = parse_id<FlowId>(query_text(call, "id"));
    if (!id) return redirect_to(web, path_of(call, kPrompts), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, prompt_report_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return ask_page(web, call, std::get<Visit>(entered), *id, Asked::once);
}

Response submit_prompt_report(Web& web, const Call& call) {
    const auto id = parse_id<FlowId>(query_text(call, "id"));
    if (!id) return error_page(web, call, {ErrorCode::notFound, "no prompt is named"});
    const auto entered = enter(web, call, Proof::mfa, prompt_report_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "report") return redirect_to(web, path_of(call, kPrompts), Redirect::seeOther);
    const auto because = app::OwnPrompts(web.ports).report(*call.tenant, visit.live, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (!*because) return redirect_to(web, path_of(call, kRescue), Redirect::seeOther);
    if (**because == ReportRefusal::notFresh) return prove(web, call, visit, Proof::freshMfa, prompt_report_path(*id));
    if (**because == ReportRefusal::tooMany) return ask_page(web, call, visit, *id, Asked::tooOften);
    return not_taken(web, call, visit, **because);
}

}  // namespace portcullis::http
