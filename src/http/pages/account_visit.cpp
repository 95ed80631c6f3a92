#include "http/pages/account_visit.h"

#include "app/second_factors.h"
#include "core/credentials/method_roles.h"
#include "http/pages/login.h"
#include "http/pages/security_info.h"

namespace portcullis::http {
namespace {

bool has_method(const app::LiveSession& live) { return credentials::has_second_factor(live.account.methods) || live.has_external_method; }

bool is_proven(const Visit& visit, Proof proof, Instant now) {
    if (proof == Proof::freshMfa) return app::is_freshly_proven(visit.who, now);
    return !has_method(visit.live) || visit.live.session.mfa_time;
}

}  // namespace

bool is_unprovable(const Call& call, const app::LiveSession& live) {
    return has_method(live) && app::second_factors(*call.tenant, live.account, call.facts.now).empty();
}

std::string place_text(const Web& web, const Place& place, std::string_view language) {
    if (place.country.empty()) return place.city;
    const auto country = web.ports.text.country_name(place.country, language);
    return place.city.empty() ? country : place.city + ", " + country;
}

std::string query_text(const Call& call, std::string_view name) {
    const auto query = Form::parse(call.request.query);
    return query ? text_of(*query, name) : std::string();
}

std::string path_of(const Call& call, std::string_view below) { return "/" + call.tenant_segment + "/" + std::string(below); }

PageView view_of(const Web& web, const Call& call, const Visit& visit, std::string_view below) {
    return {.csrf        = session_csrf(web, call),
            .user        = visit.live.account.user.user_principal_name,
            .preferred_language = visit.live.account.user.preferred_language,
            .form_action        = path_of(call, below)};
}

Response stopped(const Web& web, const Call& call, const Visit& visit, pages::Stopped::Reason because) {
    return page(web, call, pages::Stopped{.reason = because}, view_of(web, call, visit, "oauth2/v2.0/logout"));
}

Response sign_in_again(Web& web, const Call& call, const Visit& visit, std::string_view page_path) {
    const auto started = web.sign_in.reauthenticate(*call.tenant,
                                                    {.purpose        = app::Purpose::account,
                                                     .request        = std::string(page_path),
                                                     .demands_mfa    = true,
                                                     .browser_secret = cookie(web, call.request, CookieName::interaction)},
                                                    visit.live.session, call.facts);
    if (!started) return error_page(web, call, started.error());
    return begin_flow_page(web, call, *started);
}

Response prove(Web& web, const Call& call, const Visit& visit, Proof proof, std::string_view page_path) {
    app::FlowStart start{.purpose        = app::Purpose::account,
                         .request        = std::string(page_path),
                         .demands_mfa    = true,
                         .browser_secret = cookie(web, call.request, CookieName::interaction)};
    if (proof == Proof::freshMfa) start.mfa_since = call.facts.now - app::kFreshProof;
    if (is_unprovable(call, visit.live)) return stopped(web, call, visit, pages::Stopped::Reason::cannotRemediate);
    if (!has_method(visit.live)) return sign_in_again(web, call, visit, page_path);
    auto started = web.sign_in.resume(*call.tenant, start, visit.live.session, call.facts);
    if (!started) return error_page(web, call, started.error());
    if (started->flow.stage == app::Stage::granted) return finish_account_sign_in(web, call, started->flow);
    return begin_flow_page(web, call, *started);
}

Response sign_in_first(Web& web, const Call& call, std::string_view page_path) {
    const auto started = web.sign_in.start(*call.tenant,
                                           {.purpose        = app::Purpose::account,
                                            .request        = std::string(page_path),
                                            .demands_mfa    = true,
                                            .browser_secret = cookie(web, call.request, CookieName::interaction)},
                                           call.facts);
    if (!started) return error_page(web, call, started.error());
    return begin_flow_page(web, call, *started);
}

Entered arrive(Web& web, const Call& call, std::string_view page_path) {
    auto live = live_session(web, call);
    if (!live) return error_page(web, call, live.error());
    if (!*live) return sign_in_first(web, call, page_path);
    auto who = app::registrant_of(**live);
    return Visit{.live = std::move(**live), .who = std::move(who)};
}

Entered proven(Web& web, const Call& call, Visit visit, Proof proof, std::string_view page_path) {
    if (!is_proven(visit, proof, call.facts.now)) return prove(web, call, visit, proof, page_path);
    return visit;
}

Entered enter(Web& web, const Call& call, Proof proof, std::string_view page_path) {
    auto entered = arrive(web, call, page_path);
    auto* visit  = std::get_if<Visit>(&entered);
    return visit ? proven(web, call, std::move(*visit), proof, page_path) : std::move(entered);
}

}  // namespace portcullis::http
