#include "main/demo/demo_routes.h"

#include <fmt/format.h>

#include <array>

#include "base/encoding.h"
#include "core/credentials/totp.h"
#include "http/browser.h"
#include "http/router.h"
#include "main/demo/cast.h"
#include "main/demo/outbox.h"
#include "main/demo/seed.h"
#include "main/demo/why.h"

namespace portcullis::demo {
namespace {

using http::Method;
using http::Request;
using http::Response;

constexpr std::string_view kPlaceCookie   = "demo-place";
constexpr std::string_view kBrowserCookie = "demo-browser";
constexpr int kRecentMost                 = 20;
constexpr Duration kAdvanceMost           = std::chrono::days{3660};
/// Nothing of the demo's own ends before this: keys of its secrets, its lists.
const Instant kLastMoment = Instant{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};

Error bad(std::string what) { return {ErrorCode::invalidRequest, "demo: " + std::move(what)}; }

std::string cookie_name(bool is_https, std::string_view name) { return (is_https ? "__Host-" : "") + std::string(name); }

std::string cookie_of(const Request& request, bool is_https, std::string_view name) {
    const auto found = http::Cookies::of(request).get(cookie_name(is_https, name));
    return found ? std::string(*found) : std::string();
}

void set_cookie(Response& response, bool is_https, std::string_view name, std::string value) {
    const http::SetCookie cookie{.name = cookie_name(is_https, name), .value = std::move(value), .is_secure = is_https};
    if (auto text = http::render(cookie)) response.add("Set-Cookie", *text);
}

Response json_answer(const http::Web& web, const json::value& document, int status = 200) {
    return pages::with_headers(Response::json(json::to_text(document), status),
                               pages::json_headers(web.scheme(), pages::JsonAudience::caller));
}

/// What the page's forms must bring: bound to the browser's secret, which no other site can read or set.
std::string csrf_of(const app::Digests& digests, std::string_view browser) {
    return browser.empty() ? std::string() : base64url(digests.sha256(fmt::format("csrf {}", browser)));
}

std::string totp_now(const app::Digests& digests, const std::string& seed, Instant now) {
    if (seed.empty()) return {};
    const credentials::TotpParameters parameters;
    const auto hmac = [&](credentials::TotpAlgorithm, std::string_view key, std::string_view message) { return digests.hmac_sha1(key, message); };
    return credentials::totp_code(parameters, Secret(parse_base32(seed).value_or("")), credentials::totp_step(parameters, now), hmac);
}

std::string client_id_of(const Keepsakes& keepsakes) { return keepsakes.clients.at(std::string(kSmallApp)).client_id; }

SmallApp::Registration registration_of(const Keepsakes& keepsakes, const std::string& base_url) {
    const auto& secrets = keepsakes.clients.at(std::string(kSmallApp));
    return {.client_id                = secrets.client_id,
            .client_secret            = secrets.client_secret,
            .redirect_uri             = base_url + std::string(kSmallAppCallback),
            .post_logout_redirect_uri = base_url + "/demo",
            .base_url                 = base_url,
            .provider                 = oidc::endpoints_of(base_url, parse_id<TenantId>(keepsakes.tenant_id).value_or(TenantId{}))};
}

}  // namespace

/// One request with what every handler needs.
struct DemoRoutes::Visit {
    http::Web& web;
    http::Call call;
    std::string rest;     // of the path, after a route that ends in `/`
    std::string browser;  // the secret in the browser's cookie
    bool is_new = false;  // the browser has to be given it

    [[nodiscard]] const Request& request() const { return call.request; }
    [[nodiscard]] const app::TenantSnapshot& tenant() const { return *call.tenant; }
    [[nodiscard]] std::string csrf() const { return csrf_of(web.ports.digests, browser); }

    /// The form of our own page. Errors: forbidden, invalidRequest.
    [[nodiscard]] Result<http::Form> form() const {
        if (!http::is_same_site(web, request())) return Error{ErrorCode::forbidden, "demo: the form came from another site"};
        auto form       = TRY(http::Form::of_body(request()));
        const auto sent = TRY(form.at_most_one("csrf"));
        if (is_new || !equal_constant_time(sent.value_or(""), csrf())) return Error{ErrorCode::forbidden, "demo: the form is not of our page"};
        return form;
    }
};

DemoRoutes::DemoRoutes(program::Installation& installation, const Keepsakes& keepsakes, Setting setting, Chores chores)
    : installation_(installation), keepsakes_(keepsakes), setting_(std::move(setting)), chores_(std::move(chores)),
      tenant_(parse_id<TenantId>(keepsakes.tenant_id).value_or(TenantId{})),
      small_app_(registration_of(keepsakes, setting_.base_url), installation.ports().random, installation.ports().digests,
                 installation.ports().verifier) {}

void DemoRoutes::prepare(Request& request) {
    const auto address = parse_ip(request.client_address);
    if (address && !address->is_loopback()) return;
    const auto* chosen     = place(cookie_of(request, request.tls, kPlaceCookie));
    request.client_address = (chosen ? *chosen : places().front()).address;
}

std::span<const DemoRoutes::Route> DemoRoutes::routes() {
    // clang-format off
    static constexpr auto kRoutes = std::to_array<Route>({
        {"/",                  &DemoRoutes::root,         nullptr},
        {"/demo",              &DemoRoutes::home,         nullptr},
        {"/demo/start",        nullptr,                   &DemoRoutes::start},
        {"/demo/clock",        &DemoRoutes::show_clock,   &DemoRoutes::turn_clock},
        {"/demo/outbox",       &DemoRoutes::outbox,       nullptr},
        {"/demo/outbox.json",  &DemoRoutes::outbox_data,  nullptr},
        {"/demo/why/",         &DemoRoutes::why,          nullptr},
        {kSmallAppCallback,    &DemoRoutes::app_callback, nullptr},
        {"/demo/app",          &DemoRoutes::app,          nullptr},
        {"/demo/app/sign-out", &DemoRoutes::app_sign_out, nullptr},
    });
    // clang-format on
    return kRoutes;
}

std::optional<Response> DemoRoutes::answer(http::Web& web, const Request& request) {
    for (const auto& route : routes()) {
        const bool is_folder = route.path.size() > 1 && route.path.ends_with('/');
        if (is_folder ? !request.path.starts_with(route.path) : request.path != route.path) continue;

        Visit visit{.web = web, .call = {.request = request, .facts = {}, .tenant = nullptr, .tenant_segment = to_string(tenant_)}};
        visit.call.facts.now         = web.ports.clock.now();
        visit.call.facts.request     = request.id;
        visit.call.facts.correlation = request.correlation.value_or(CorrelationId{request.id.high, request.id.low});
        visit.call.facts.address     = parse_ip(request.client_address).value_or(IpAddress{});
        visit.rest                   = is_folder ? request.path.substr(route.path.size()) : "";
        visit.browser                = cookie_of(request, web.is_https(), kBrowserCookie);
        visit.is_new                 = visit.browser.empty();
        if (visit.is_new) visit.browser = web.ports.random.token();
        auto snapshot = web.ports.tenants.snapshot(tenant_);
        if (!snapshot) return trouble(visit, snapshot.error());
        visit.call.tenant = std::move(snapshot).value();
        return run(route, visit);
    }
    return std::nullopt;
}

Response DemoRoutes::run(const Route& route, Visit& visit) {
    const auto method  = visit.request().method;
    const bool is_read = method == Method::GET || method == Method::HEAD;
    const auto handler = is_read ? route.get : method == Method::POST ? route.post : nullptr;
    if (!handler) {
        const auto* allow = !route.get ? "POST" : route.post ? "GET, HEAD, POST" : "GET, HEAD";
        return json_answer(visit.web, json::object{{"error", "invalid_request"}}, 405).set("Allow", allow);
    }
    auto response = (this->*handler)(visit);
    if (visit.is_new) set_cookie(response, visit.web.is_https(), kBrowserCookie, visit.browser);
    return response;
}

Response DemoRoutes::page(Visit& visit, const pages::Screen& screen) {
    return http::page(visit.web, visit.call, screen, {.csrf = visit.csrf(), .form_action = "/demo"});
}

Response DemoRoutes::trouble(Visit& visit, const Error& error) { return http::error_page(visit.web, visit.call, error); }

// ---- the newcomer's door

Response DemoRoutes::root(Visit&) { return Response::redirect("/demo"); }

/// Whether the password that was made up for a person is theirs no more.
Result<bool> DemoRoutes::has_chosen_password(const Person& person) {
    auto& ports      = installation_.ports();
    const auto upn   = upn_of(person);
    const auto found = TRY(ports.directory.account_named(tenant_, ports.text.upn_key(upn).value_or(upn)));
    return found && found->password && keepsakes_.opened_at && found->password->changed_at > *keepsakes_.opened_at;
}

Result<std::vector<pages::DemoHome::Person>> DemoRoutes::cast_now(Instant now) {
    std::vector<pages::DemoHome::Person> cast;
    for (const auto& person : people()) {
        const auto& secrets            = keepsakes_.people.at(std::string(person.key));
        const bool has_chosen_password = TRY(this->has_chosen_password(person));
        cast.push_back({.key                 = std::string(person.key),
                        .upn                 = upn_of(person),
                        .password            = secrets.password,
                        .code                = totp_now(installation_.ports().digests, secrets.totp_secret, now),
                        .is_chosen           = cast.empty(),
                        .has_chosen_password = has_chosen_password});
    }
    return cast;
}

Result<std::vector<pages::DemoHome::Recent>> DemoRoutes::recent(const app::TenantSnapshot& tenant) {
    app::SignInQuery query;
    query.most = kRecentMost;
    std::vector<pages::DemoHome::Recent> rows;
    for (const auto& record : TRY(installation_.ports().sign_ins.sign_ins(tenant.tenant.id, query))) {
        if (keepsakes_.opened_at && record.created_at < *keepsakes_.opened_at) continue;
        rows.push_back({record.created_at, record.user_principal_name, outcome_of(record.error_code), "/demo/why/" + to_string(record.id)});
    }
    return rows;
}

Response DemoRoutes::home(Visit& visit) {
    auto rows = recent(visit.tenant());
    if (!rows) return trouble(visit, rows.error());
    auto cast = cast_now(visit.call.facts.now);
    if (!cast) return trouble(visit, cast.error());
    pages::DemoHome screen;
    screen.people      = std::move(cast).value();
    screen.recent      = std::move(rows).value();
    screen.now         = visit.call.facts.now;
    screen.start_path  = "/demo/start";
    screen.clock_path  = "/demo/clock";
    screen.outbox_path = "/demo/outbox";
    const auto* here   = place(cookie_of(visit.request(), visit.web.is_https(), kPlaceCookie));
    for (const auto& each : places()) {
        screen.places.push_back({std::string(each.key), std::string(each.address), each.key == (here ? *here : places().front()).key});
    }
    return page(visit, screen);
}

/// A new browser at the chosen place: what an earlier one was given is forgotten, so that nobody is recognised by it.
Response DemoRoutes::start(Visit& visit) {
    const auto form = visit.form();
    if (!form) return trouble(visit, form.error());
    const auto who   = form->one("person");
    const auto where = form->one("place");
    const auto* me   = who ? person(*who) : nullptr;
    const auto* here = where ? place(*where) : nullptr;
    if (!me || !here) return trouble(visit, bad("nobody, or nowhere, of that name"));

    visit.browser = visit.web.ports.random.token();
    visit.is_new  = true;
    auto response = Response::redirect(small_app_.begin(upn_of(*me), visit.browser, visit.call.facts.now));
    set_cookie(response, visit.web.is_https(), kPlaceCookie, std::string(here->key));
    for (const auto name : {http::CookieName::session, http::CookieName::crossSiteSession, http::CookieName::interaction,
                            http::CookieName::device, http::CookieName::antiForgery}) {
        http::forget_cookie(visit.web, response, name);
    }
    return response;
}

// ---- the clock

Response DemoRoutes::show_clock(Visit& visit) {
    return json_answer(visit.web, json::object{{"now", to_rfc3339(visit.call.facts.now)}});
}

Result<Instant> DemoRoutes::advance(std::string_view duration) {
    const auto by = parse_duration(duration);
    if (!by || *by > kAdvanceMost) return bad("`advance` must be a duration of at most ten years, like PT36H");
    if (installation_.now() + *by > kLastMoment) return bad("the demo's time ends with the century");
    const auto now = TRY(installation_.advance_clock(*by));
    chores_.run_due();
    chores_.deliver();
    return now;
}

Response DemoRoutes::turn_clock(Visit& visit) {
    const auto refused = [&](const Error& error) {
        const int status = error.code == ErrorCode::unavailable ? 503 : error.code == ErrorCode::forbidden ? 403 : 400;
        return json_answer(visit.web, json::object{{"error", "invalid_request"}, {"error_description", error.message}}, status);
    };
    if (!visit.request().header("content-type").value_or("").starts_with("application/json")) {
        const auto form = visit.form();
        if (!form) return trouble(visit, form.error());
        const auto by  = form->one("advance");
        const auto now = by ? advance(*by) : Result<Instant>(by.error());
        return now ? Response::redirect("/demo") : trouble(visit, now.error());
    }
    if (!http::is_same_site(visit.web, visit.request())) return refused({ErrorCode::forbidden, "the request came from another site"});
    const auto document = json::parse_object(visit.request().body);
    if (!document) return refused(document.error());
    const auto by = json::string_at(*document, "advance");
    if (!by) return refused(bad("`advance` is missing"));
    const auto now = advance(*by);
    return now ? json_answer(visit.web, json::object{{"now", to_rfc3339(*now)}}) : refused(now.error());
}

// ---- the mail

Response DemoRoutes::outbox(Visit& visit) {
    chores_.deliver();
    const auto mails = read_outbox(setting_.outbox_directory);
    if (!mails) return trouble(visit, mails.error());
    pages::DemoOutbox screen;
    screen.demo_path = "/demo";
    for (const auto& mail : *mails) screen.mails.push_back({mail.to, mail.channel, mail.subject, mail.text, mail.at});
    return page(visit, screen);
}

Response DemoRoutes::outbox_data(Visit& visit) {
    chores_.deliver();
    const auto mails = read_outbox(setting_.outbox_directory);
    if (!mails) return json_answer(visit.web, json::object{{"error", "temporarily_unavailable"}}, 503);
    json::array list;
    for (const auto& mail : *mails) {
        list.push_back(json::object{
            {"to", mail.to}, {"channel", mail.channel}, {"subject", mail.subject}, {"text", mail.text}, {"at", to_rfc3339(mail.at)}});
    }
    return json_answer(visit.web, list);
}

// ---- why

Response DemoRoutes::why(Visit& visit) {
    constexpr std::string_view kData = ".json";
    auto name          = visit.rest;
    const bool is_data = name.ends_with(kData);
    if (is_data) name.resize(name.size() - kData.size());
    const auto unknown = Error{ErrorCode::notFound, "demo: no such sign-in"};
    const auto id      = parse_id<SignInId>(name);
    if (!id) return trouble(visit, unknown);

    auto& ports       = installation_.ports();
    const auto record = ports.sign_ins.sign_in(tenant_, *id);
    if (!record) return trouble(visit, record.error());
    if (!*record) return trouble(visit, unknown);
    auto detections = ports.detections.detections(tenant_, {.user = std::nullopt, .sign_in = *id});
    if (!detections) return trouble(visit, detections.error());
    const auto user = ports.detections.risky_user(tenant_, (*record)->user);
    if (!user) return trouble(visit, user.error());

    const Story story{**record, std::move(detections).value(), *user ? (*user)->level : RiskLevel::none};
    if (is_data) return json_answer(visit.web, data_of(story));
    auto screen      = why_of(story);
    screen.data_path = visit.request().path + std::string(kData);
    screen.demo_path = "/demo";
    return page(visit, screen);
}

// ---- the small application

Response DemoRoutes::app_callback(Visit& visit) {
    const auto form = http::Form::parse(visit.request().query, http::kAuthorizeLimits);
    if (!form) return trouble(visit, form.error());
    const auto exchange = [&](const Request& request) {
        auto from_home = request;
        prepare(from_home);
        return http::answer(visit.web, from_home, {});
    };
    auto finished = small_app_.finish(*form, visit.browser, visit.call.facts.now, exchange);
    // The provider's refusal is in the list of the demo page, with its reasons.
    if (!finished && finished.error().code == ErrorCode::forbidden) return Response::redirect("/demo");
    if (!finished) return trouble(visit, finished.error());
    signed_in_.put(visit.browser, std::move(finished).value());
    return Response::redirect("/demo/app");
}

/// The last sign-in of the person named by the claims to the small application.
Result<std::string> DemoRoutes::newest_sign_in(const app::TenantSnapshot& tenant, const json::object& claims) {
    const auto user = parse_id<UserId>(json::string_at(claims, "oid").value_or(""));
    if (!user) return std::string("/demo");
    app::SignInQuery query;
    query.user = *user;
    query.most = kRecentMost;
    for (const auto& record : TRY(installation_.ports().sign_ins.sign_ins(tenant.tenant.id, query))) {
        if (to_string(record.application) == client_id_of(keepsakes_) && record.error_code == 0) return "/demo/why/" + to_string(record.id);
    }
    return std::string("/demo");
}

Response DemoRoutes::app(Visit& visit) {
    const auto signed_in = signed_in_.find(visit.browser);
    if (!signed_in) return Response::redirect("/demo");
    auto why_path = newest_sign_in(visit.tenant(), signed_in->claims);
    if (!why_path) return trouble(visit, why_path.error());

    pages::DemoResult screen{.name = json::string_at(signed_in->claims, "name").value_or(""), .claims = {}};
    for (const auto& [name, value] : signed_in->claims) {
        screen.claims.emplace_back(name, value.is_string() ? std::string(value.as_string()) : json::to_text(value));
    }
    screen.why_path      = std::move(why_path).value();
    screen.sign_out_path = "/demo/app/sign-out";
    screen.demo_path     = "/demo";
    return page(visit, screen);
}

Response DemoRoutes::app_sign_out(Visit& visit) {
    const auto signed_in = signed_in_.take(visit.browser);
    return Response::redirect(signed_in ? small_app_.sign_out_url(*signed_in) : "/demo");
}

}  // namespace portcullis::demo
