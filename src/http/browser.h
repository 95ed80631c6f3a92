#pragma once

#include <optional>
#include <string>

#include "app/live_session.h"
#include "http/form.h"
#include "http/web.h"

/// What handlers of browser endpoints share: cookies, the anti-forgery checks, pages.
namespace portcullis::http {

/// The cookies of protocols.md §9. Over https each has the `__Host-` prefix and `Secure`; on the loopback demo neither.
enum class CookieName { session, crossSiteSession, interaction, device, antiForgery, reset, language };

std::string cookie(const Web& web, const Request& request, CookieName name);
/// Adds a `Set-Cookie`; lives until the browser closes, or its own time where the table says so.
void set_cookie(const Web& web, Response& response, CookieName name, std::string value);
void forget_cookie(const Web& web, Response& response, CookieName name);

/// Whether a state-changing browser request comes from our own pages (PROTO-801): `Sec-Fetch-Site`, or where a browser does
/// not send it, `Origin` or `Referer`.
bool is_same_site(const Web& web, const Request& request);

/// The session of the browser's own cookie, if it lives. Errors: unavailable.
Result<std::optional<app::LiveSession>> live_session(Web& web, const Call& call);

/// The anti-forgery value of pages behind a session: bound to the session's reference (PROTO-801).
std::string session_csrf(const Web& web, const Call& call);
/// The same of a session that this very answer hands out.
std::string session_csrf(const Web& web, std::string_view reference);
/// The form of a page behind a session, with its guards passed. Errors: forbidden, invalidRequest.
Result<Form> session_form(const Web& web, const Call& call);
/// A field's text; empty when it is absent or repeated.
std::string text_of(const Form& form, std::string_view name);

/// A whole page with its headers. `form_targets`: redirect URIs its forms may lead to.
struct PageView {
    int status = 200;
    std::string flow;
    std::string csrf;
    std::optional<std::string> user;
    std::optional<pages::Steps> steps;
    std::vector<std::string> form_targets;
    std::string preferred_language = {};  // of the person signed in
    std::string ui_locales;               // of the application's request
    std::string form_action;  // where the forms post to; empty: the sign-in
};
Response page(const Web& web, const Call& call, const pages::Screen& screen, const PageView& view = {});
/// The language that page would be in: the person's, the one chosen in this browser, `ui_locales`, what the browser asks for.
std::string language_of(const Web& web, const Call& call, const PageView& view);

/// 429 with `Retry-After`: somebody counts, and the limit is reached.
Response too_many_tries(const Web& web, const Call& call);
/// What is over where a form comes too late: the sign-in, the reset, or what a page of the account showed.
pages::GenericError over(const Call& call);
/// The page for an error of our own: 503 for unavailable, 429, 404, 400.
Response error_page(const Web& web, const Call& call, const Error& error, const std::string& ui_locales = {});

/// An answer to a script of our own pages, and the same for an error: `{"error": …}` with its status.
Response json_page(const Web& web, const json::object& body, int status = 200);
Response json_error(const Web& web, const Call& call, const Error& error);

}  // namespace portcullis::http
