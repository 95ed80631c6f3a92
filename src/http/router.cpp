#include "http/router.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "http/browser.h"
#include "http/health.h"
#include "http/oidc/client_answer.h"
#include "http/oidc/endpoints.h"
#include "http/pages/account.h"
#include "http/pages/external_answer.h"
#include "http/pages/login.h"
#include "http/pages/my_account.h"
#include "http/pages/my_approvals.h"
#include "http/pages/my_prompts.h"
#include "http/pages/my_devices.h"
#include "http/pages/my_sessions.h"
#include "http/pages/my_sign_ins.h"
#include "http/pages/reset.h"
#include "http/pages/own_applications.h"
#include "http/pages/security_info.h"

namespace portcullis::http {
namespace {

using enum Surface;

// clang-format off
constexpr auto kRoutes = std::to_array<Route>({
    // path                                                  surface   CORS               GET                   POST
    {"/{t}/v2.0/.well-known/openid-configuration",           programs, Cors::anybody,     open_id_metadata,     nullptr},
    {"/{t}/.well-known/openid-configuration",                programs, Cors::anybody,     open_id_metadata,     nullptr},
    {"/.well-known/oauth-authorization-server/{t}/v2.0",     programs, Cors::anybody,     oauth_metadata,       nullptr},
    {"/{t}/discovery/v2.0/keys",                             programs, Cors::anybody,     jwks,                 nullptr},
    {"/{t}/oauth2/v2.0/authorize",                           people,   Cors::never,       authorize,            authorize},
    {"/{t}/oauth2/v2.0/token",                               programs, Cors::spaOrigins,  nullptr,              token},
    {"/{t}/oauth2/v2.0/introspect",                          programs, Cors::never,       nullptr,              introspect},
    {"/{t}/oauth2/v2.0/revoke",                              programs, Cors::spaOrigins,  nullptr,              revoke},
    {"/{t}/oauth2/v2.0/devicecode",                          programs, Cors::never,       nullptr,              device_authorization},
    {"/{t}/oidc/userinfo",                                   programs, Cors::spaOrigins,  userinfo,             userinfo},
    {"/{t}/device",                                          people,   Cors::never,       show_device_page,     submit_device_page},
    {"/{t}/oauth2/v2.0/logout",                              people,   Cors::never,       show_logout,          submit_logout},
    {"/{t}/login",                                           people,   Cors::never,       show_login,           submit_login},
    {"/{t}/login/external",                                  people,   Cors::never,       continue_external,    nullptr},
    {"/{t}/federation/externalauthprovider",                 people,   Cors::never,       nullptr,              take_external_answer},
    {"/{t}/login/options",                                   programs, Cors::never,       nullptr,              ask_passkey},
    {"/{t}/reset",                                           people,   Cors::never,       show_reset,           submit_reset},
    {"/{t}/myaccount",                                       people,   Cors::never,       show_account,         submit_account},
    {"/{t}/myaccount/confirm",                               people,   Cors::never,       confirm_account,      nullptr},
    {"/{t}/myaccount/alerts",                                people,   Cors::never,       show_alerts,          nullptr},
    {"/{t}/myaccount/sessions",                              people,   Cors::never,       show_sessions,        nullptr},
    {"/{t}/myaccount/sessions/end",                          people,   Cors::never,       show_session_end,     submit_session_end},
    {"/{t}/myaccount/devices",                               people,   Cors::never,       show_devices,         nullptr},
    {"/{t}/myaccount/devices/device",                        people,   Cors::never,       show_device_end,      submit_device_end},
    {"/{t}/myaccount/sign-ins",                              people,   Cors::never,       show_sign_ins,        submit_sign_ins},
    {"/{t}/myaccount/sign-ins/report",                       people,   Cors::never,       show_report,          submit_report},
    {"/{t}/myaccount/approvals",                             people,   Cors::never,       show_approvals,       submit_approvals},
    {"/{t}/myaccount/prompts",                               people,   Cors::never,       show_prompts,         nullptr},
    {"/{t}/myaccount/prompts/report",                        people,   Cors::never,       show_prompt_report,   submit_prompt_report},
    {"/{t}/myaccount/secure",                                people,   Cors::never,       show_rescue,          nullptr},
    {"/{t}/myaccount/applications",                          people,   Cors::never,       show_own_applications, submit_own_applications},
    {"/{t}/myaccount/security-info",                         people,   Cors::never,       show_security_info,   submit_security_info},
    {"/{t}/myaccount/security-info/app",                     people,   Cors::never,       show_add_app,         submit_add_app},
    {"/{t}/myaccount/security-info/token",                   people,   Cors::never,       show_token,           submit_token},
    {"/{t}/myaccount/security-info/email",                   people,   Cors::never,       show_add_mail,        submit_add_mail},
    {"/{t}/myaccount/security-info/phone",                   people,   Cors::never,       show_add_phone,       submit_add_phone},
    {"/{t}/myaccount/security-info/recovery-codes",          people,   Cors::never,       show_recovery_codes,  submit_recovery_codes},
    {"/{t}/myaccount/security-info/approver",                people,   Cors::never,       show_add_approver,    submit_add_approver},
    {"/{t}/myaccount/security-info/passkey",                 people,   Cors::never,       show_add_passkey,     submit_add_passkey},
    {"/{t}/myaccount/security-info/passkey/options",         programs, Cors::never,       nullptr,              ask_new_passkey},
    {"/{t}/myaccount/security-info/method",                  people,   Cors::never,       show_method,          submit_method},
    {"/{t}/myaccount/password",                              people,   Cors::never,       show_password_change, submit_password_change},
    {"/healthz",                                             programs, Cors::never,       healthz,              nullptr},
    {"/readyz",                                              programs, Cors::never,       readyz,               nullptr},
    {"/metrics",                                             programs, Cors::never,       metrics,              nullptr},
});
// clang-format on

/// The tenant segment when `path` has the form of `pattern`; an empty one for patterns without a tenant.
std::optional<std::string> match(std::string_view pattern, std::string_view path) {
    const auto hole = pattern.find("{t}");
    if (hole == std::string_view::npos) return pattern == path ? std::optional(std::string()) : std::nullopt;
    const auto before = pattern.substr(0, hole), after = pattern.substr(hole + 3);
    if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size()) return std::nullopt;
    const auto tenant = path.substr(before.size(), path.size() - before.size() - after.size());
    if (tenant.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(tenant);
}

std::string allow_of(const Route& route) {
    std::string allow = !route.get ? "" : route.surface == programs ? "GET, HEAD" : "GET";
    if (route.post) allow += allow.empty() ? "POST" : ", POST";
    if (route.cors != Cors::never) allow += ", OPTIONS";
    return allow;
}

std::string origin_of(std::string_view uri) {
    const auto start = uri.find("://");
    return start == std::string_view::npos ? std::string() : std::string(uri.substr(0, uri.find('/', start + 3)));
}

bool is_spa_origin(const app::TenantSnapshot& tenant, std::string_view origin) {
    return std::ranges::any_of(tenant.applications, [&](const auto& entry) {
        const auto& application = entry.second;
        return application.kind == identity::ApplicationKind::spa && application.is_enabled &&
               std::ranges::any_of(application.redirect_uris, [&](const auto& uri) { return origin_of(uri) == origin; });
    });
}

/// CORS as the route's column says (protocols.md §1.1, PROTO-228).
void add_cors(const Route& route, const Call& call, Response& response) {
    if (route.cors == Cors::never) return;
    if (route.cors == Cors::anybody) {
        response.set("Access-Control-Allow-Origin", "*");
        return;
    }
    response.add("Vary", "Origin");
    const auto origin = call.request.header("origin");
    if (!origin || !call.tenant || !is_spa_origin(*call.tenant, *origin)) return;
    response.set("Access-Control-Allow-Origin", std::string(*origin));
}

Response preflight(const Web& web, const Route& route, const Call& call) {
    auto response = Response::no_content();
    for (const auto& header : pages::json_headers(web.scheme(), pages::JsonAudience::caller)) {
        if (!same_name(header.name, "content-type")) response.set(header.name, header.value);
    }
    add_cors(route, call, response);
    if (response.find("Access-Control-Allow-Origin")) {
        response.set("Access-Control-Allow-Methods", allow_of(route));
        response.set("Access-Control-Allow-Headers", "authorization, content-type, client-request-id");
        response.set("Access-Control-Max-Age", "600");
    }
    return response;
}

Response machine_error(const Web& web, std::string_view error, int status) {
    return pages::with_headers(Response::json(json::to_text(json::object{{"error", error}}), status),
                               pages::json_headers(web.scheme(), pages::JsonAudience::caller));
}

Response not_found(const Web& web, const Call& call, Surface surface, std::string_view error) {
    if (surface == programs) return machine_error(web, error, 404);
    return page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::notFound, .code = 0}, {.status = 404});
}

/// The device a genuine cookie names; a forged or foreign cookie is none.
std::string device_of(const Web& web, const Request& request) {
    const auto value = cookie(web, request, CookieName::device);
    const auto dot   = value.find('.');
    if (dot == std::string::npos || dot == 0 || dot > 64) return {};
    const auto device = value.substr(0, dot);
    return equal_constant_time(value.substr(dot + 1), device_mac(web, device)) ? device : std::string();
}

std::string header_text(const Request& request, std::string_view name) { return std::string(request.header(name).value_or("").substr(0, 1024)); }

Call call_of(const Web& web, const Request& request) {
    Call call{.request = request, .facts = {}, .tenant = nullptr, .tenant_segment = {}};
    auto& facts              = call.facts;
    facts.now                = web.ports.clock.now();
    facts.request            = request.id;
    facts.correlation        = request.correlation.value_or(CorrelationId{request.id.high, request.id.low});
    facts.address            = parse_ip(request.client_address).value_or(IpAddress{});
    facts.user_agent         = header_text(request, "user-agent");
    facts.sec_ch_ua          = header_text(request, "sec-ch-ua");
    facts.sec_ch_ua_mobile   = header_text(request, "sec-ch-ua-mobile");
    facts.sec_ch_ua_platform = header_text(request, "sec-ch-ua-platform");
    facts.device_id          = device_of(web, request);
    return call;
}

Response run(Web& web, const Route& route, Call& call) {
    if (!call.tenant_segment.empty()) {
        auto tenant = web.ports.tenants.snapshot_named(call.tenant_segment);
        if (!tenant && tenant.error().code == ErrorCode::notFound) return not_found(web, call, route.surface, "invalid_tenant");
        if (!tenant) return route.surface == people ? error_page(web, call, tenant.error()) : oauth_trouble(web, call, tenant.error());
        call.tenant = std::move(*tenant);
    }
    const auto method = call.request.method;
    if (method == Method::OPTIONS && route.cors != Cors::never) return preflight(web, route, call);
    // A person's browser does not ask HEAD, and pages act on GET: authorize issues codes, logout ends sessions.
    const bool is_read = method == Method::GET || (method == Method::HEAD && route.surface == programs);
    const auto handler = is_read ? route.get : method == Method::POST ? route.post : nullptr;
    if (!handler) {
        auto response = route.surface == programs ? machine_error(web, "invalid_request", 405)
                                                 : page(web, call, pages::GenericError{.kind = pages::GenericError::Kind::badRequest}, {.status = 405});
        return std::move(response.set("Allow", allow_of(route)));
    }
    auto response = handler(web, call);
    add_cors(route, call, response);
    return response;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Response answer(Web& web, const Request& request, ExtraRoutes extra) {
    if (request.path.starts_with(pages::StaticFiles::kPrefix)) return static_file(web, request);
    auto call = call_of(web, request);
    for (const auto table : {std::span<const Route>(kRoutes), extra}) {
        for (const auto& route : table) {
            auto tenant = match(route.path, request.path);
            if (!tenant) continue;
            call.tenant_segment = std::move(*tenant);
            return run(web, route, call);
        }
    }
    return not_found(web, call, people, "not_found");
}

}  // namespace portcullis::http
