#include "base/encoding.h"
#include "base/overloaded.h"
#include "http/browser.h"
#include "http/oidc/client_answer.h"
#include "http/oidc/endpoints.h"
#include "http/pages/login.h"
#include "wire/oauth_error.h"

namespace portcullis::http {
namespace {

/// The live session of this browser; the cross-site reference only where the caller says so.
Response device_entry(const Web& web, const Call& call, pages::CodeProblem problem, std::string prefill) {
    return device_page(web, call, pages::DeviceCodeEntry{.prefill = std::move(prefill), .problem = problem});
}

}  // namespace

Response device_page(const Web& web, const Call& call, const pages::Screen& screen) {
    return page(web, call, screen, {.csrf = session_csrf(web, call), .form_action = "/" + call.tenant_segment + "/device"});
}

// --- authorize ---

Response client_answer(const Web& web, const Call& call, const app::ClientAnswer& answer) {
    if (!answer.failure.empty()) web.on_failure(answer.failure, call.request.id);
    if (answer.response_mode == ResponseMode::form_post) {
        pages::FormPost post{.action       = answer.redirect_uri,
                             .fields       = answer.parameters,
                             .script_nonce = base64url(web.ports.random.bytes(16)),
                             .app_name     = answer.application_name};
        return page(web, call, post, {.form_targets = {answer.redirect_uri}});
    }
    const auto kind = call.request.method == Method::POST ? Redirect::seeOther : Redirect::found;  // RFC 9700 §4.12
    return redirect_to(web, wire::redirect_location(answer.redirect_uri, answer.parameters), kind);
}

Response redirect_to(const Web& web, std::string location, Redirect kind) {
    auto response = Response::redirect(std::move(location), kind);
    for (auto& header : pages::page_headers({.scheme = web.scheme(), .form_targets = {}, .script_nonce = {}})) {
        if (!same_name(header.name, "content-type")) response.set(header.name, header.value);
    }
    return response;
}

void set_session_cookies(const Web& web, Response& response, const app::OpenedSession& opened) {
    if (opened.reference.empty()) return;
    set_cookie(web, response, CookieName::session, opened.reference);
    set_cookie(web, response, CookieName::crossSiteSession, opened.cross_site_reference);
    const auto& known = opened.session.device_id;
    const auto device = known.empty() ? base64url(web.ports.random.bytes(16)) : known;
    set_cookie(web, response, CookieName::device, device + "." + device_mac(web, device));
}

std::string device_mac(const Web& web, std::string_view device) {
    return base64url(web.ports.digests.hmac_sha256(web.ports.keys.pepper.reveal(), "device|" + std::string(device)));
}

Response authorize(Web& web, const Call& call) {
    std::string parameters = call.request.query;
    if (call.request.method == Method::POST) {
        const auto type = call.request.header("content-type").value_or("");
        if (!type.starts_with("application/x-www-form-urlencoded")) {
            return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::badRequest}, {.status = 400});
        }
        parameters = call.request.body;
    }
    auto outcome = web.authorize.begin(*call.tenant, parameters,
                                       {.session        = cookie(web, call.request, CookieName::session),
                                        .cross_site     = cookie(web, call.request, CookieName::crossSiteSession),
                                        .browser_secret = cookie(web, call.request, CookieName::interaction)},
                                       call.facts);
    if (!outcome) return error_page(web, call, outcome.error());
    return std::visit(overloaded{
                          [&](const app::RefusedOnPage& refused) {
                              return page(web, call,
                                          pages::GenericError{.kind = pages::GenericError::Kind::unknownApplication, .code = refused.code},
                                          {.status = 400});
                          },
                          [&](const app::ClientAnswer& answer) { return client_answer(web, call, answer); },
                          [&](const app::ShowFlow& show) { return begin_flow_page(web, call, show.started); },
                          [&](const app::AnsweredAtOnce& answered) {
                              auto response = client_answer(web, call, answered.answer);
                              set_session_cookies(web, response, answered.opened);
                              return response;
                          },
                      },
                      *outcome);
}

// --- device page (PROTO-128): sign-in comes first ---

Response show_device_page(Web& web, const Call& call) {
    const auto session = live_session(web, call);
    if (!session) return error_page(web, call, session.error());
    if (*session) {
        const auto query = Form::parse(call.request.query);
        return device_entry(web, call, pages::CodeProblem::none, query ? text_of(*query, "user_code") : "");
    }
    const auto started = web.sign_in.start(*call.tenant,
                                           {.purpose        = app::Purpose::device,
                                            .browser_secret = cookie(web, call.request, CookieName::interaction)},
                                           call.facts);
    if (!started) return error_page(web, call, started.error());
    return begin_flow_page(web, call, *started);
}

Response submit_device_page(Web& web, const Call& call) {
    const auto session = live_session(web, call);
    if (!session) return error_page(web, call, session.error());
    if (!*session) return show_device_page(web, call);
    const auto form = session_form(web, call);
    if (!form) return error_page(web, call, form.error());
    const auto confirmed = text_of(*form, "confirm");
    const auto code      = confirmed.empty() ? text_of(*form, "user_code") : confirmed;
    const auto pending = web.oauth.pending_device(*call.tenant, code, (*session)->session.id, call.facts);
    if (!pending) {
        if (pending.error().code == ErrorCode::tooManyRequests) {
            return too_many_tries(web, call);
        }
        return error_page(web, call, pending.error());
    }
    if (!*pending) return device_entry(web, call, pages::CodeProblem::didNotMatch, code);
    const auto action = text_of(*form, "action");
    if (confirmed.empty() || (action != "next" && action != "cancel")) {
        return device_page(web, call, pages::DeviceConfirm{.app_name  = (*pending)->application_name,
                                                           .user_code = (*pending)->user_code,
                                                           .address   = (*pending)->address,
                                                           .place     = (*pending)->place});
    }
    if (action == "cancel") {
        app::SignInFlow none;
        const auto refused = web.oauth.decide_device(*call.tenant, code, app::OAuth::Approval::refused, none, (*session)->session, call.facts);
        if (!refused) return error_page(web, call, refused.error());
        return page(web, call, pages::DeviceDone{.outcome = pages::DeviceDone::Outcome::refused, .app_name = (*pending)->application_name});
    }
    auto start = web.oauth.device_flow(*call.tenant, code, call.facts.now);
    if (!start) return error_page(web, call, start.error());
    if (!*start) return device_entry(web, call, pages::CodeProblem::didNotMatch, code);
    auto begun           = **start;
    begun.browser_secret = cookie(web, call.request, CookieName::interaction);
    auto resumed         = web.sign_in.resume(*call.tenant, begun, (*session)->session, call.facts);
    if (!resumed) return error_page(web, call, resumed.error());
    if (resumed->flow.stage != app::Stage::granted) return begin_flow_page(web, call, *resumed);
    return finish_device_sign_in(web, call, resumed->flow);
}

/// What the person reads who allowed a device.
static Response device_answer(const Web& web, const Call& call, app::OAuth::Decided decided, const app::SignInFlow& flow, std::string csrf) {
    using Decided = app::OAuth::Decided;
    const auto* application = call.tenant->application(flow.client);
    if (decided == Decided::done) return page(web, call, pages::DeviceDone{.app_name = application ? application->display_name : ""});
    if (decided == Decided::deviceDisabled) {
        return page(web, call, pages::Stopped{.reason = pages::Stopped::Reason::deviceDisabled},
                    {.csrf = std::move(csrf), .user = flow.user_principal_name, .form_action = "/" + call.tenant_segment + "/oauth2/v2.0/logout"});
    }
    return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::flowExpired, .code = 70016}, {.status = 400});
}

Response finish_device_sign_in(Web& web, const Call& call, const app::SignInFlow& flow) {
    const auto opened = web.sign_in.open_session(*call.tenant, flow, call.facts);
    if (!opened) return error_page(web, call, opened.error());
    if (flow.request.empty()) {  // the sign-in that precedes the code: on to the page that asks for it
        auto response = redirect_to(web, "/" + call.tenant_segment + "/device", Redirect::seeOther);
        set_session_cookies(web, response, *opened);
        return response;
    }
    const auto allowed = web.oauth.decide_device(*call.tenant, flow.request, app::OAuth::Approval::allowed, flow, opened->session, call.facts);
    if (!allowed) return error_page(web, call, allowed.error());
    auto csrf     = opened->reference.empty() ? session_csrf(web, call) : session_csrf(web, opened->reference);
    auto response = device_answer(web, call, *allowed, flow, std::move(csrf));
    set_session_cookies(web, response, *opened);
    return response;
}

// --- logout ---

namespace {

Response log_out(Web& web, const Call& call, std::string_view text, oidc::LogoutStep step) {
    const auto parameters = oidc::parse_parameters(text);
    if (!parameters) return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::badRequest}, {.status = 400});
    const auto same_site = live_session(web, call);
    if (!same_site) return error_page(web, call, same_site.error());
    const auto cross_site = app::find_live_session(web.ports, *call.tenant, app::SessionReference::cross_site,
                                                   cookie(web, call.request, CookieName::crossSiteSession), call.facts.now);
    if (!cross_site) return error_page(web, call, cross_site.error());
    const auto out = web.oauth.log_out(*call.tenant, *parameters, step, *same_site ? *same_site : *cross_site, call.facts);
    if (!out) return error_page(web, call, out.error());
    if (out->must_ask) {
        return page(web, call, pages::SignOutConfirm{},
                    {.csrf = session_csrf(web, call), .form_action = "/" + call.tenant_segment + "/oauth2/v2.0/logout"});
    }
    auto response = out->redirect_to.empty() ? page(web, call, pages::SignedOut{.sign_in_path = ""}) : redirect_to(web, out->redirect_to, Redirect::seeOther);
    if (out->ended) {
        forget_cookie(web, response, CookieName::session);
        forget_cookie(web, response, CookieName::crossSiteSession);
    }
    return response;
}

}  // namespace

Response show_logout(Web& web, const Call& call) { return log_out(web, call, call.request.query, oidc::LogoutStep::asked); }

Response submit_logout(Web& web, const Call& call) {
    const auto form      = Form::of_body(call.request);
    const bool confirmed = form && is_same_site(web, call.request) && text_of(*form, "action") == "signout" &&
                           equal_constant_time(text_of(*form, "csrf"), session_csrf(web, call));
    return log_out(web, call, call.request.body, confirmed ? oidc::LogoutStep::confirmed : oidc::LogoutStep::asked);
}

}  // namespace portcullis::http
