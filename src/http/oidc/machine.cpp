#include <fmt/format.h>

#include "base/overloaded.h"
#include "http/oidc/endpoints.h"
#include "wire/oauth_error.h"

namespace portcullis::http {
namespace {

using oidc::Refusal;

Response json_answer(const Web& web, const json::object& body, int status = 200) {
    return pages::with_headers(Response::json(json::to_text(body), status), pages::json_headers(web.scheme(), pages::JsonAudience::caller));
}

bool is_form(const Request& request) {
    const auto type = request.header("content-type");
    if (!type || request.header_count("content-encoding") > 0) return false;
    const auto media = type->substr(0, type->find(';'));
    return same_name(media.substr(0, media.find_last_not_of(' ') + 1), "application/x-www-form-urlencoded");
}

/// The body of a machine endpoint: a form, nothing else (PROTO-131).
std::variant<oidc::Parameters, Refusal> parameters_of(const Request& request) {
    if (!is_form(request)) {
        return oidc::refuse_at_token(StsError::InvalidRequest, "The body must be application/x-www-form-urlencoded.");
    }
    auto parsed = oidc::parse_parameters(request.body, oidc::kBodyLimits);
    if (!parsed) return oidc::refuse_at_token(StsError::InvalidRequest, "The body is not a valid form.");
    return std::move(parsed).value();
}

/// One machine endpoint: form in, outcome out. `ask` is the use case, `show` writes what it answers.
template <class Ask, class Show>
Response machine(Web& web, const Call& call, Ask ask, Show show) {
    const auto parameters = parameters_of(call.request);
    if (const auto* refusal = std::get_if<Refusal>(&parameters)) return oauth_error(web, call, *refusal);
    const app::ClientRequest request{.authorization = call.request.header("authorization"),
                                     .body          = std::get<oidc::Parameters>(parameters)};
    const auto outcome = ask(request);
    if (!outcome) return oauth_trouble(web, call, outcome.error());
    if (const auto* refusal = std::get_if<Refusal>(&*outcome)) {
        auto response = oauth_error(web, call, *refusal);
        if (refusal->error == OAuthError::invalid_client && oidc::tried_basic(request.authorization)) {
            response.set("WWW-Authenticate", "Basic realm=\"portcullis\", charset=\"UTF-8\"");
        }
        return response;
    }
    return show(std::get<0>(*outcome));
}

/// `Authorization: Bearer …`; nothing when it is absent or of another scheme.
std::optional<std::string_view> bearer_of(const Request& request) {
    const auto value = request.header("authorization");
    if (!value || value->size() < 8 || !same_name(value->substr(0, 7), "Bearer ")) return std::nullopt;
    return value->substr(7);
}

Response challenge(const Web& web, std::string_view error, int status) {
    auto response = json_answer(web, error.empty() ? json::object{} : json::object{{"error", error}}, status);
    response.set("WWW-Authenticate", error.empty() ? std::string("Bearer") : fmt::format("Bearer error=\"{}\"", error));
    return response;
}

}  // namespace

Response oauth_error(const Web& web, const Call& call, const Refusal& refusal) {
    const wire::Trace trace{.trace_id       = to_string(call.request.id),
                            .correlation_id = to_string(call.facts.correlation),
                            .when           = call.facts.now};
    return json_answer(web, wire::oauth_error(refusal, trace), oidc::http_status(refusal));
}

Response oauth_trouble(const Web& web, const Call& call, const Error& error) {
    web.on_failure(error.message, call.request.id);
    const json::object busy{{"error", "temporarily_unavailable"}};
    switch (error.code) {
        case ErrorCode::tooManyRequests: return json_answer(web, busy, 429).set("Retry-After", "60");
        case ErrorCode::unavailable:
        case ErrorCode::conflict:        return json_answer(web, busy, 503).set("Retry-After", "2");
        case ErrorCode::invalidRequest:
        case ErrorCode::unauthenticated:
        case ErrorCode::forbidden:
        case ErrorCode::notFound:        return oauth_error(web, call, oidc::refuse_at_token(StsError::InvalidRequest));
    }
    return json_answer(web, {{"error", "server_error"}}, 500);
}

Response token(Web& web, const Call& call) {
    return machine(
        web, call, [&](const app::ClientRequest& request) { return web.oauth.token(*call.tenant, request, call.facts); },
        [&](const wire::TokenResponse& tokens) { return json_answer(web, wire::to_json(tokens)); });
}

Response introspect(Web& web, const Call& call) {
    return machine(
        web, call, [&](const app::ClientRequest& request) { return web.oauth.introspect(*call.tenant, request, call.facts); },
        [&](const json::object& body) { return json_answer(web, body); });
}

Response revoke(Web& web, const Call& call) {
    return machine(
        web, call, [&](const app::ClientRequest& request) { return web.oauth.revoke(*call.tenant, request, call.facts); },
        [&](const std::monostate&) { return json_answer(web, {}); });
}

Response device_authorization(Web& web, const Call& call) {
    return machine(
        web, call, [&](const app::ClientRequest& request) { return web.oauth.device_authorization(*call.tenant, request, call.facts); },
        [&](const wire::DeviceResponse& device) { return json_answer(web, wire::to_json(device)); });
}

Response userinfo(Web& web, const Call& call) {
    std::string presented;
    if (const auto bearer = bearer_of(call.request)) presented = *bearer;
    else if (call.request.method == Method::POST && is_form(call.request)) {
        const auto body = oidc::parse_parameters(call.request.body, oidc::kBodyLimits);
        if (body) presented = body->get("access_token");
    }
    if (presented.empty()) return challenge(web, "", 401);
    const auto outcome = web.oauth.userinfo(*call.tenant, presented, call.facts);
    if (!outcome) return oauth_trouble(web, call, outcome.error());
    if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return challenge(web, to_string(refusal->error), oidc::http_status(*refusal));
    return json_answer(web, std::get<json::object>(*outcome));
}

}  // namespace portcullis::http
