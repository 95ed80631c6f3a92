#include "http/pages/my_account.h"

#include "app/account_actions.h"
#include "app/change_language.h"
#include "app/own_alerts.h"
#include "app/own_prompts.h"
#include "app/second_factors.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

constexpr std::string_view kHome     = "myaccount";
constexpr std::string_view kConfirm  = "myaccount/confirm";
constexpr std::string_view kAlerts   = "myaccount/alerts";
constexpr std::string_view kSessions = "myaccount/sessions";
constexpr std::string_view kSignIns  = "myaccount/sign-ins";
constexpr std::string_view kSecurity = "myaccount/security-info";
constexpr std::string_view kPassword = "myaccount/password";

pages::AccountHome::Pending pending_of(const Call& call, const app::PendingAction& action) {
    using To = pages::AccountHome::Action;
    const auto row = [&](To what, std::string_view below) {
        return pages::AccountHome::Pending{.what = what, .until = action.until, .count = action.count, .path = path_of(call, below)};
    };
    switch (action.what) {
        // With MFA of this moment, so that the change settles what is at stake (E08).
        case app::ActionNeeded::changePassword: return row(To::changePassword, "myaccount/password?with=mfa");
        case app::ActionNeeded::approveSignIn:  return row(To::approveSignIn, "myaccount/approvals");
        case app::ActionNeeded::approveReset:   return row(To::approveReset, "myaccount/approvals");
        case app::ActionNeeded::reviewSignIns:  return row(To::reviewSignIns, kSignIns);
        case app::ActionNeeded::registerMethod: return row(To::registerMethod, kSecurity);
        case app::ActionNeeded::signInAgain:    break;
    }
    return row(To::signInAgain, kConfirm);
}

enum class Saved { no, yes };

Response home_page(Web& web, const Call& call, const Visit& visit, Saved saved) {
    const auto actions = app::pending_actions(web.ports, *call.tenant, visit.live, call.facts);
    if (!actions) return error_page(web, call, actions.error());
    const auto& user   = visit.live.account.user;
    const auto secured = app::secured_at(web.ports, call.tenant->tenant.id, user.id, call.facts.now);
    if (!secured) return error_page(web, call, secured.error());
    pages::AccountHome screen{.secured       = *secured,
                              .languages     = web.pages.languages(),
                              .language      = user.preferred_language,
                              .is_saved      = saved == Saved::yes,
                              .security_path = path_of(call, kSecurity),
                              .sessions_path = path_of(call, kSessions),
                              .sign_ins_path = path_of(call, kSignIns),
                              .alerts_path   = path_of(call, kAlerts),
                              .applications_path = path_of(call, "myaccount/applications"),
                              .sign_out_path = path_of(call, "oauth2/v2.0/logout"),
                              .password_path = visit.live.account.password ? path_of(call, kPassword) : std::string()};
    const auto& methods = visit.live.account.methods;
    const bool approves = std::ranges::any_of(methods, [](const auto& m) { return m.kind == AuthMethod::push; });
    if (approves && app::is_allowed(*call.tenant, visit.live.account, AuthMethod::push)) screen.approvals_path = path_of(call, "myaccount/approvals");
    if (app::OwnPrompts::is_offered(*call.tenant, visit.live.account)) screen.prompts_path = path_of(call, "myaccount/prompts");
    screen.devices_path = path_of(call, "myaccount/devices");
    for (const auto& action : *actions) screen.pending.push_back(pending_of(call, action));
    return page(web, call, screen, view_of(web, call, visit, kHome));
}

/// The account as it is now, in the language chosen, which this browser keeps.
Response language_saved(Web& web, const Call& call, const std::string& language) {
    const auto live = live_session(web, call);
    if (!live) return error_page(web, call, live.error());
    if (!*live) return sign_in_first(web, call, kHome);
    auto response = home_page(web, call, {.live = **live, .who = app::registrant_of(**live)}, Saved::yes);
    if (language.empty()) forget_cookie(web, response, CookieName::language);
    else set_cookie(web, response, CookieName::language, language);
    return response;
}

}  // namespace

Response show_account(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kHome);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return home_page(web, call, std::get<Visit>(entered), Saved::no);
}

Response submit_account(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kHome);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "change") return home_page(web, call, visit, Saved::no);
    const auto language = text_of(*form, "language");
    const auto changed  = app::ChangeLanguage(web.ports)(*call.tenant, visit.live, language, call.facts);
    if (!changed) return error_page(web, call, changed.error());
    return language_saved(web, call, language);
}

Response confirm_account(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kConfirm);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto must   = app::must_sign_in_again(web.ports, *call.tenant, visit.live, call.facts);
    if (!must) return error_page(web, call, must.error());
    if (*must) return sign_in_again(web, call, visit, kHome);
    return redirect_to(web, path_of(call, kHome), Redirect::found);
}

Response show_alerts(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kAlerts);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit   = std::get<Visit>(entered);
    const auto view     = view_of(web, call, visit, kAlerts);
    const auto language = language_of(web, call, view);
    const auto before   = parse_id<AlertId>(query_text(call, "before"));
    const auto alerts   = app::own_alerts(web.ports, *call.tenant, visit.live, before, language);
    if (!alerts) return error_page(web, call, alerts.error());
    pages::AccountAlerts screen{.home_path = path_of(call, kHome)};
    for (const auto& alert : alerts->page) {
        screen.lines.push_back({.at      = alert.at,
                                .title   = alert.title,
                                .text    = alert.text,
                                .place   = place_text(web, {alert.city, alert.country}, language),
                                .address = alert.ip_address,
                                .client  = alert.client});
    }
    if (alerts->next) screen.next_path = path_of(call, kAlerts) + "?before=" + to_string(*alerts->next);
    if (before) screen.first_path = path_of(call, kAlerts);
    return page(web, call, screen, view);
}

}  // namespace portcullis::http
