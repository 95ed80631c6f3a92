#include "http/pages/my_sessions.h"

#include "app/own_sessions.h"
#include "http/oidc/client_answer.h"
#include "http/pages/account_visit.h"

namespace portcullis::http {
namespace {

constexpr std::string_view kSessions = "myaccount/sessions";
constexpr std::string_view kSecurity = "myaccount/security-info";

std::string end_path(SessionId id) { return "myaccount/sessions/end?id=" + to_string(id); }

pages::SessionLine line_of(const Web& web, const Call& call, const app::OwnSession& session, std::string_view language) {
    return {.browser      = session.browser,
            .os           = session.os,
            .place        = place_text(web, {session.city, session.country}, language),
            .address      = session.ip_address,
            .applications = session.applications,
            .signed_in    = session.signed_in_at,
            .last_used    = session.last_used_at,
            .is_this_one  = session.is_this_one,
            .path         = path_of(call, end_path(session.id))};
}

enum class Ended { none, one };

Response list_page(Web& web, const Call& call, const Visit& visit, Ended ended) {
    const auto sessions = app::OwnSessions(web.ports).list(*call.tenant, visit.live, call.facts.now);
    if (!sessions) return error_page(web, call, sessions.error());
    const auto view = view_of(web, call, visit, kSecurity);  // its form ends all of them, as there
    pages::AccountSessions screen{.has_ended_one = ended == Ended::one, .home_path = path_of(call, "myaccount")};
    for (const auto& session : *sessions) screen.sessions.push_back(line_of(web, call, session, language_of(web, call, view)));
    return page(web, call, screen, view);
}

Response ended_this_one(const Web& web, const Call& call) {
    auto response = page(web, call, pages::SignedOut{.sign_in_path = path_of(call, "myaccount")});
    forget_cookie(web, response, CookieName::session);
    forget_cookie(web, response, CookieName::crossSiteSession);
    return response;
}

}  // namespace

Response show_sessions(Web& web, const Call& call) {
    const auto entered = enter(web, call, Proof::mfa, kSessions);
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    return list_page(web, call, std::get<Visit>(entered), Ended::none);
}

Response show_session_end(Web& web, const Call& call) {
    const auto id = parse_id<SessionId>(query_text(call, "id"));
    if (!id) return redirect_to(web, path_of(call, kSessions), Redirect::found);
    const auto entered = enter(web, call, Proof::freshMfa, end_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit  = std::get<Visit>(entered);
    const auto session = app::OwnSessions(web.ports).find(*call.tenant, visit.live, *id, call.facts.now);
    if (!session) return error_page(web, call, session.error());
    if (!*session) return error_page(web, call, {ErrorCode::notFound, "the person has no such session"});
    const auto view = view_of(web, call, visit, end_path(*id));
    return page(web, call, pages::SessionEnd{line_of(web, call, **session, language_of(web, call, view))}, view);
}

Response submit_session_end(Web& web, const Call& call) {
    const auto id = parse_id<SessionId>(query_text(call, "id"));
    if (!id) return error_page(web, call, {ErrorCode::notFound, "no session is named"});
    const auto entered = enter(web, call, Proof::mfa, end_path(*id));
    if (const auto* answer = std::get_if<Response>(&entered)) return *answer;
    const auto& visit = std::get<Visit>(entered);
    const auto form   = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    if (text_of(*form, "action") != "signout") return redirect_to(web, path_of(call, kSessions), Redirect::seeOther);
    const auto because = app::OwnSessions(web.ports).end(*call.tenant, visit.live, *id, call.facts);
    if (!because) return error_page(web, call, because.error());
    if (*because == app::SessionRefusal::notFresh) return prove(web, call, visit, Proof::freshMfa, end_path(*id));
    if (*because) return error_page(web, call, {ErrorCode::notFound, "the person has no such session"});
    if (*id == visit.live.session.id) return ended_this_one(web, call);
    return list_page(web, call, visit, Ended::one);
}

}  // namespace portcullis::http
