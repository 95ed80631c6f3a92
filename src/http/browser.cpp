#include "http/browser.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/secret.h"

namespace portcullis::http {
namespace {

struct CookieRow {
    CookieName name;
    std::string_view text;
    SameSite same_site;
    std::optional<std::chrono::seconds> max_age;
};

// protocols.md §9.
constexpr auto kCookies = std::to_array<CookieRow>({
    {CookieName::session, "idsid", SameSite::Lax, std::nullopt},
    {CookieName::crossSiteSession, "idsid-x", SameSite::None, std::nullopt},
    {CookieName::interaction, "tx", SameSite::Lax, std::chrono::minutes{60}},
    {CookieName::device, "dev", SameSite::Lax, std::chrono::days{180}},
    {CookieName::antiForgery, "csrf", SameSite::Strict, std::nullopt},
    {CookieName::reset, "rst", SameSite::Strict, std::chrono::minutes{15}},
    {CookieName::language, "lang", SameSite::Lax, std::chrono::days{365}},
});

const CookieRow& row_of(CookieName name) {
    for (const auto& row : kCookies) {
        if (row.name == name) return row;
    }
    return kCookies[0];
}

SetCookie cookie_of(const Web& web, CookieName name, std::string value) {
    const auto& row = row_of(name);
    SetCookie cookie{.name = std::string(row.text), .value = std::move(value), .max_age = row.max_age, .same_site = row.same_site};
    if (web.is_https()) {
        cookie.name = "__Host-" + cookie.name;
        return cookie;
    }
    // Loopback without TLS: the browser would refuse Secure, and with it the prefix and SameSite=None.
    cookie.is_secure = false;
    if (cookie.same_site == SameSite::None) cookie.same_site = SameSite::Lax;
    return cookie;
}

void add(Response& response, const SetCookie& cookie) {
    if (auto text = render(cookie)) response.add("Set-Cookie", *text);
}

std::string_view origin_of(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    return url.substr(0, url.find('/', scheme_end + 3));
}

/// Whether this request is for a page `below` the tenant.
bool is_below(const Call& call, std::string_view below) {
    const auto root       = "/" + call.tenant_segment + "/" + std::string(below);
    const auto& requested = call.request.path;
    return requested == root || requested.starts_with(root + "/");
}

/// Where a page of the account leads back to; empty on every other page.
std::string home_of(const Call& call) { return is_below(call, "myaccount") ? "/" + call.tenant_segment + "/myaccount" : ""; }

pages::Branding branding_of(const Call& call) {
    if (!call.tenant) return {.display_name = "Portcullis", .logo_path = {}, .colour = {}, .help_desk = {}};
    const auto& branding = call.tenant->tenant.settings.branding;
    return {.display_name = branding.display_name.empty() ? call.tenant->tenant.domain : branding.display_name,
            .logo_path    = branding.logo.empty() ? std::nullopt : std::optional(branding.logo),
            .colour       = pages::parse_rgb(branding.color),
            .help_desk    = branding.help_desk};
}

}  // namespace

std::string cookie(const Web& web, const Request& request, CookieName name) {
    const auto found = Cookies::of(request).get(cookie_of(web, name, "").name);
    return found ? std::string(*found) : std::string();
}

void set_cookie(const Web& web, Response& response, CookieName name, std::string value) {
    add(response, cookie_of(web, name, std::move(value)));
}

void forget_cookie(const Web& web, Response& response, CookieName name) {
    add(response, forgotten(cookie_of(web, name, "")));
}

bool is_same_site(const Web& web, const Request& request) {
    if (const auto site = request.header("sec-fetch-site")) return *site == "same-origin" || *site == "none";
    if (request.header_count("sec-fetch-site") > 0) return false;
    if (request.header_count("origin") > 0) return request.header("origin").value_or("") == web.base_url;
    if (request.header_count("referer") > 0) return origin_of(request.header("referer").value_or("")) == web.base_url;
    return true;  // not a browser: it has no cookies of somebody else to lend
}

Result<std::optional<app::LiveSession>> live_session(Web& web, const Call& call) {
    return app::find_live_session(web.ports, *call.tenant, app::SessionReference::same_site,
                                  cookie(web, call.request, CookieName::session), call.facts.now);
}

std::string session_csrf(const Web& web, std::string_view reference) {
    return base64url(web.ports.digests.hmac_sha256(web.ports.keys.pepper.reveal(), "csrf|" + std::string(reference)));
}

std::string session_csrf(const Web& web, const Call& call) { return session_csrf(web, cookie(web, call.request, CookieName::session)); }

Result<Form> session_form(const Web& web, const Call& call) {
    if (!is_same_site(web, call.request)) return Error{ErrorCode::forbidden, "a form came from another site"};
    auto form       = TRY(Form::of_body(call.request));
    const auto csrf = form.at_most_one("csrf");
    if (cookie(web, call.request, CookieName::session).empty()) return Error{ErrorCode::forbidden, "a form came without a session"};
    if (!csrf || !*csrf || !equal_constant_time(**csrf, session_csrf(web, call))) {
        return Error{ErrorCode::forbidden, "a form came without its anti-forgery value"};
    }
    return form;
}

std::string text_of(const Form& form, std::string_view name) {
    const auto value = form.at_most_one(name);
    return value && *value ? std::string(**value) : std::string();
}

std::string language_of(const Web& web, const Call& call, const PageView& view) {
    const auto chosen = cookie(web, call.request, CookieName::language);
    return web.pages.choose_language(
        {.person          = view.preferred_language,
         .cookie          = chosen,
         .ui_locales      = view.ui_locales,
         .accept_language = call.request.header("accept-language").value_or("")});
}

Response page(const Web& web, const Call& call, const pages::Screen& screen, const PageView& view) {
    pages::PageFrame frame{
        .branding    = branding_of(call),
        .language    = language_of(web, call, view),
        .form_action = view.form_action.empty() ? "/" + call.tenant_segment + "/login" : view.form_action,
        .flow        = view.flow,
        .csrf        = view.csrf,
        .trace       = {.correlation = call.facts.correlation, .request = call.request.id, .when = call.facts.now},
        .user        = view.user,
        .steps       = view.steps,
    };
    pages::PageHeaders headers{.scheme = web.scheme(), .form_targets = view.form_targets, .script_nonce = {}};
    if (const auto* post = std::get_if<pages::FormPost>(&screen)) headers.script_nonce = post->script_nonce;
    return pages::with_headers(Response::html(web.pages.render(screen, frame), view.status), pages::page_headers(headers));
}

Response json_page(const Web& web, const json::object& body, int status) {
    return pages::with_headers(Response::json(json::to_text(body), status), pages::json_headers(web.scheme(), pages::JsonAudience::caller));
}

Response json_error(const Web& web, const Call& call, const Error& error) {
    web.on_failure(error.message, call.request.id);
    const auto answer = [&](std::string_view what, int status) { return json_page(web, {{"error", what}}, status); };
    switch (error.code) {
        case ErrorCode::invalidRequest:  return answer("invalid_request", 400);
        case ErrorCode::unauthenticated: return answer("unauthenticated", 401);
        case ErrorCode::forbidden:       return answer("forbidden", 403);
        case ErrorCode::notFound:        return answer("not_found", 404);
        case ErrorCode::conflict:        return answer("conflict", 409);
        case ErrorCode::tooManyRequests: return answer("too_many_requests", 429);
        case ErrorCode::unavailable:     return answer("unavailable", 503);
    }
    return answer("unexpected", 500);
}

Response too_many_tries(const Web& web, const Call& call) {
    return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::tooManyTries}, {.status = 429}).set("Retry-After", "600");
}

pages::GenericError over(const Call& call) {
    using enum pages::GenericError::Kind;
    if (is_below(call, "reset")) return {.kind = resetOver, .again_path = "/" + call.tenant_segment + "/reset"};
    return is_below(call, "myaccount") ? pages::GenericError{.kind = changedMeanwhile, .home_path = home_of(call)} : pages::GenericError{.kind = flowExpired};
}

Response error_page(const Web& web, const Call& call, const Error& error, const std::string& ui_locales) {
    web.on_failure(error.message, call.request.id);
    const auto show = [&](pages::GenericError::Kind kind, int status) {
        return page(web, call, pages::GenericError{.kind = kind, .home_path = home_of(call)}, {.status = status, .ui_locales = ui_locales});
    };
    switch (error.code) {
        case ErrorCode::invalidRequest:  return show(pages::GenericError::Kind::unusableForm, 400);
        case ErrorCode::unauthenticated: return show(pages::GenericError::Kind::forbidden, 401);
        case ErrorCode::forbidden:       return show(pages::GenericError::Kind::forbidden, 403);
        case ErrorCode::notFound:        return show(pages::GenericError::Kind::notFound, 404);
        case ErrorCode::conflict:        return page(web, call, over(call), {.status = 409, .ui_locales = ui_locales});
        case ErrorCode::tooManyRequests:
        case ErrorCode::unavailable:
            return page(web, call, pages::TooBusy{std::chrono::seconds{2}}, {.status = 503, .ui_locales = ui_locales}).set("Retry-After", "2");
    }
    return show(pages::GenericError::Kind::unexpected, 500);
}

}  // namespace portcullis::http
