#include "app/authorize.h"

#include "app/external_methods.h"
#include "app/issued_code.h"
#include "app/second_factors.h"
#include "app/verify_access_pass.h"
#include "base/overloaded.h"
#include "core/credentials/method_roles.h"
#include "core/oidc/assignment.h"
#include "core/oidc/authentication.h"
#include "core/oidc/consent.h"
#include "core/oidc/endpoints.h"
#include "core/oidc/session_choice.h"
#include "wire/claims_request.h"
#include "wire/oauth_error.h"
#include "wire/token_response.h"

namespace portcullis::app {
namespace {

using identity::ApplicationKind;
using oidc::AuthorizeRequest;

/// How long a code is remembered after its life, so that a replay is known for one (PROTO-120).
constexpr Duration kCodeMemory = std::chrono::hours{24};

oidc::AuthorizeContext context_of(const TenantSnapshot& tenant) {
    return {.find_client = [&tenant](ApplicationId id) -> const identity::Application* {
                const auto* application = tenant.application(id);
                return application && application->is_enabled ? application : nullptr;
            },
            .find_resource = resource_finder(tenant),
            .parse_claims  = wire::parse_claims_request};
}

ClientAnswer answer_to(const TenantSnapshot& tenant, const AuthorizeRequest& request, wire::ResponseParameters parameters) {
    const auto* application = tenant.application(request.client);
    return {.redirect_uri     = request.redirect_uri,
            .response_mode    = request.response_mode,
            .parameters       = std::move(parameters),
            .application_name = application ? application->display_name : ""};
}

/// What policies are asked about (conditional-access.md §1.3): the resource, and a confidential client itself (R1, R2). A
/// public client that asks for nothing but OpenID scopes is asked about as userinfo, which only `All` names.
std::vector<ApplicationId> targets_of(const TenantSnapshot& tenant, const AuthorizeRequest& request) {
    std::vector<ApplicationId> targets;
    if (!request.scopes.resource_id.is_nil()) targets.push_back(request.scopes.resource_id);
    const auto* client = tenant.application(request.client);
    if (client && !client->is_public() && client->id != request.scopes.resource_id) targets.push_back(client->id);
    return targets;
}

policy::ClientAppType client_app_of(const TenantSnapshot& tenant, ApplicationId id) {
    const auto* client = tenant.application(id);
    const bool native  = client && client->kind == ApplicationKind::native;
    return native ? policy::ClientAppType::mobileAppsAndDesktopClients : policy::ClientAppType::browser;
}

/// What the password and every registered method that is allowed reach together.
Acr reachable_by(const TenantSnapshot& tenant, const Account& account, Instant now) {
    std::vector<identity::Factor> all;
    if (account.password) all.push_back({AuthMethod::password, {}});
    for (const auto& method : allowed_methods(tenant, account)) {
        if (credentials::is_second_factor(method.kind)) all.push_back({method.kind, {}});
    }
    if (usable_pass(tenant, account, now)) all.push_back({AuthMethod::temporaryAccessPass, {}});
    return std::max(Acr::oneFactor, oidc::acr_of(all));
}

/// The levels to try, in order: what is wished for, as far as it is no less than what is demanded; then that (PROTO-111). Where nobody
/// may be asked a wish is just that.
std::vector<Acr> levels_of(const oidc::AuthenticationDemand& demand, bool is_silent) {
    std::vector<Acr> levels;
    for (const auto wish : demand.wishes) {
        if (!is_silent && wish >= demand.demanded()) levels.push_back(wish);
    }
    if (!demand.demands.empty()) levels.push_back(demand.demanded());
    return levels;
}

/// How new the first factor must be (PROTO-109, PROTO-110, PROTO-204).
Instant factor_since(const AuthorizeRequest& request, Instant now) {
    Instant since{};
    if (request.max_age_s) since = now - std::chrono::seconds{*request.max_age_s};
    if (request.asks(Prompt::login)) since = now;
    if (request.demand.newer_than) since = std::max(since, *request.demand.newer_than + Duration{1});
    return since;
}

/// The error a flow's step is at the authorization endpoint.
oidc::Refusal refusal_of(int code) {
    const auto entry = find_sts_error(static_cast<std::uint32_t>(code));
    return oidc::refuse_at_authorize(entry && entry->at_authorize != OAuthError::none ? entry->code : StsError::InteractionRequired);
}

}  // namespace

Authorize::Authorize(Ports& ports, SignIn& sign_in, std::string base_url)
    : ports_(ports), sign_in_(sign_in), base_url_(std::move(base_url)) {}

Result<AuthorizeOutcome> Authorize::begin(const TenantSnapshot& tenant, std::string_view parameters, const BrowserReferences& browser,
                                          const RequestFacts& facts) {
    const auto parsed = oidc::parse_parameters(parameters);
    if (!parsed) return AuthorizeOutcome{RefusedOnPage{static_cast<int>(number_of(StsError::InvalidRequest))}};
    const auto checked = oidc::check_authorize_request(*parsed, context_of(tenant));
    if (const auto* refused = std::get_if<oidc::RefusedOnPage>(&checked)) {
        return AuthorizeOutcome{RefusedOnPage{static_cast<int>(number_of(refused->refusal.code))}};
    }
    if (const auto* refused = std::get_if<oidc::RefusedToClient>(&checked)) {
        return AuthorizeOutcome{ClientAnswer{refused->redirect_uri, refused->response_mode,
                                             wire::error_response(refused->refusal, refused->state, issuer(tenant)), ""}};
    }
    const auto& request = std::get<AuthorizeRequest>(checked);
    auto outcome        = choose(tenant, request, std::string(parameters), browser, facts);
    if (!outcome && request.asks(Prompt::none)) return failed_silently(tenant, request, outcome.error());
    return outcome;
}

/// `prompt=none` never shows a page, not of a failure either (PROTO-108): whoever is gone must sign in again, the rest may be
/// tried again.
AuthorizeOutcome Authorize::failed_silently(const TenantSnapshot& tenant, const AuthorizeRequest& request, const Error& error) const {
    const bool is_over = error.code == ErrorCode::notFound || error.code == ErrorCode::forbidden;
    const auto refusal = oidc::refuse_at_authorize(is_over ? StsError::UserInformationNotProvided : StsError::TransientError);
    auto answer        = answer_to(tenant, request, wire::error_response(refusal, request.state, issuer(tenant)));
    answer.failure     = error.message;
    return answer;
}

/// Step 10 of protocols.md §4.1.
Result<AuthorizeOutcome> Authorize::choose(const TenantSnapshot& tenant, const AuthorizeRequest& request, std::string parameters,
                                           const BrowserReferences& browser, const RequestFacts& facts) {
    const auto refuse = [&](const oidc::Refusal& refusal) -> AuthorizeOutcome {
        return answer_to(tenant, request, wire::error_response(refusal, request.state, issuer(tenant)));
    };
    const auto hinted = TRY(hinted_user(tenant, request, facts.now));
    if (!request.id_token_hint.empty() && !hinted) {
        return refuse(oidc::refuse_at_authorize(StsError::InvalidRequest, "The id_token_hint is not a token of this provider."));
    }
    auto live = TRY(find_live_session(ports_, tenant, SessionReference::same_site, browser.session, facts.now));
    if (!live) live = TRY(find_live_session(ports_, tenant, SessionReference::cross_site, browser.cross_site, facts.now));
    std::vector<oidc::LiveSession> sessions;
    if (live) {
        const auto& s = live->session;
        sessions.push_back({.id        = s.id,
                            .user      = s.user,
                            .auth_time = s.auth_time,
                            .acr       = counting_acr(tenant, live->account, s.factors),
                            .reachable = reachable_by(tenant, live->account, facts.now)});
    }
    const auto decision = oidc::decide_session(
        request, {.sessions = sessions, .hinted_user = hinted, .login_hint_user = hint_of_session(request, live), .started_at = facts.now, .now = facts.now});

    FlowStart start{.purpose        = Purpose::authorize,
                    .request        = std::move(parameters),
                    .client         = request.client,
                    .targets        = targets_of(tenant, request),
                    .client_app     = client_app_of(tenant, request.client),
                    .typed_name     = request.login_hint,
                    .factor_since   = factor_since(request, facts.now),
                    .levels         = levels_of(request.demand, request.asks(Prompt::none)),
                    .rights         = oidc::rights_to_ask_for(*tenant.application(request.client), request.scopes, request.asks(Prompt::consent)),
                    .insists_on_consent = request.asks(Prompt::consent),
                    .browser_secret = browser.browser_secret};
    const auto show = [](StartedFlow started) -> AuthorizeOutcome { return ShowFlow{std::move(started)}; };
    using Outcome = Result<AuthorizeOutcome>;
    return std::visit(overloaded{
                          [&](const oidc::UseSession&) -> Outcome {
                              return silently(tenant, request, TRY(sign_in_.resume(tenant, start, live->session, facts)), facts);
                          },
                          [&](const oidc::StepUp& up) -> Outcome {
                              auto started = TRY(sign_in_.resume(tenant, start, live->session, facts));
                              const bool can = up.strength == oidc::Strength::demand || !second_factors(tenant, live->account, facts.now).empty();
                              if (started.flow.stage == Stage::granted && can) {
                                  started.flow = TRY(sign_in_.step_up(tenant, std::move(started.flow), up.acr, facts));
                              }
                              return silently(tenant, request, std::move(started), facts);
                          },
                          [&](const oidc::Reauthenticate&) -> Outcome {
                              return show(TRY(sign_in_.reauthenticate(tenant, start, live->session, facts)));
                          },
                          [&](const oidc::ShowSignIn&) -> Outcome { return show(TRY(sign_in_.start(tenant, start, facts))); },
                          [&](const oidc::ShowSignUp&) -> Outcome { return show(TRY(sign_in_.start(tenant, start, facts))); },
                          [&](const oidc::ChooseAccount&) -> Outcome {
                              start.choose_account = live.has_value();
                              if (live) {
                                  start.typed_name = live->account.user.user_principal_name;
                                  start.session    = live->session.id;
                              }
                              return show(TRY(sign_in_.start(tenant, start, facts)));
                          },
                          [&](const oidc::Refusal& refusal) -> Outcome { return refuse(refusal); },
                      },
                      decision);
}

/// A resumed session is answered at once, or its next page is shown; `prompt=none` never shows one (PROTO-108).
Result<AuthorizeOutcome> Authorize::silently(const TenantSnapshot& tenant, const AuthorizeRequest& request, StartedFlow started,
                                             const RequestFacts& facts) {
    if (started.flow.stage == Stage::granted) return AuthorizeOutcome{TRY(finish(tenant, started.flow, facts))};
    if (!request.asks(Prompt::none)) return AuthorizeOutcome{ShowFlow{std::move(started)}};
    auto refusal = refusal_of(started.flow.error_code);
    const bool is_mfa = started.flow.stage == Stage::mfa || started.flow.stage == Stage::unusualNotice;
    if (is_mfa) refusal.claims = wire::claims_for_acr(Acr::mfa);
    return AuthorizeOutcome{answer_to(tenant, request, wire::error_response(refusal, request.state, issuer(tenant)))};
}

/// The session's own user when the `login_hint` names them.
std::optional<UserId> Authorize::hint_of_session(const AuthorizeRequest& request, const std::optional<LiveSession>& live) const {
    if (!live || request.login_hint.empty()) return std::nullopt;
    const auto hint = ports_.text.upn_key(request.login_hint);
    const bool same = hint && hint == ports_.text.upn_key(live->account.user.user_principal_name);
    return same ? std::optional(live->account.user.id) : std::nullopt;
}

/// Whom a valid `id_token_hint` names (PROTO-113); expired is fine.
Result<std::optional<UserId>> Authorize::hinted_user(const TenantSnapshot& tenant, const AuthorizeRequest& request, Instant now) {
    if (request.id_token_hint.empty()) return std::optional<UserId>{};
    const auto keys = TRY(ports_.signer.published(tenant.tenant.id, now));
    const auto hint = ports_.verifier.verify(request.id_token_hint, {.typ = {"JWT"}}, keys);
    if (!hint || json::string_at(hint->claims, "iss") != issuer(tenant)) return std::optional<UserId>{};
    const auto oid = json::string_at(hint->claims, "oid");
    return oid ? parse_id<UserId>(*oid) : std::optional<UserId>{};
}

Result<AuthorizeRequest> Authorize::request_of(const TenantSnapshot& tenant, const SignInFlow& flow) const {
    const auto parameters = TRY(oidc::parse_parameters(flow.request));
    auto checked          = oidc::check_authorize_request(parameters, context_of(tenant));
    auto* request         = std::get_if<AuthorizeRequest>(&checked);
    // The application may have changed while the person signed in: then there is nobody to answer.
    if (!request) return Error{ErrorCode::invalidRequest, "the flow's authorization request no longer holds"};
    return std::move(*request);
}

Result<AnsweredAtOnce> Authorize::finish(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts& facts) {
    ClientAnswer answer;
    const auto code_for = [&](const OpenedSession& opened, const Account& account) -> Result<std::vector<FlowWrite>> {
        const auto request = TRY(request_of(tenant, flow));
        const auto refusal = refusal_after_sign_in(tenant, request, flow, opened.session, account);
        if (refusal) answer = answer_to(tenant, request, wire::error_response(*refusal, request.state, issuer(tenant)));
        if (refusal) return std::vector<FlowWrite>{};
        const auto code  = issued(tenant, request, flow, opened.session, account, facts);
        const auto value = new_reference(ports_, code.grant);
        const auto info  = request.wants_client_info ? wire::client_info(flow.user, tenant.tenant.id) : std::string();
        answer           = answer_to(tenant, request, wire::code_response(value, request.state, issuer(tenant), info));
        return std::vector{FlowWrite{.kind = FlowKind::code, .key = code_key(ports_, value), .version = {}, .value = to_text(code), .expires_at = facts.now + kCodeMemory}};
    };
    auto opened = TRY(sign_in_.open_session(tenant, flow, facts, code_for));
    return AnsweredAtOnce{std::move(answer), std::move(opened)};
}

/// Why the application gets no code although the person is signed in.
std::optional<oidc::Refusal> Authorize::refusal_after_sign_in(const TenantSnapshot& tenant, const AuthorizeRequest& request, const SignInFlow& flow,
                                                              const identity::Session& session, const Account& account) const {
    const auto* application = tenant.application(request.client);
    if (auto refusal = oidc::assignment_refusal(*application, account.user.id, account.groups)) return refusal;
    if (session.auth_time < flow.factor_since) return oidc::refuse_at_authorize(StsError::UserInformationNotProvided);
    if (!request.demand.subject.empty() && request.demand.subject != subject_of(ports_, tenant, request.client, flow.user)) {
        return oidc::refuse_at_authorize(StsError::UserInformationNotProvided);
    }
    const auto reached = counting_acr(tenant, account, session.factors);
    if (request.demand.is_unmeetable || reached < request.demand.demanded()) return oidc::unmet_demand();
    return std::nullopt;
}

/// What the code will stand for.
IssuedCode Authorize::issued(const TenantSnapshot& tenant, const AuthorizeRequest& request, const SignInFlow& flow, const identity::Session& session,
                             const Account& account, const RequestFacts& facts) const {
    const auto reached       = counting_acr(tenant, account, session.factors);
    auto code                = issue_for(ports_.random, request.scopes, flow, session, reached, request.client, facts.now);
    code.code.redirect_uri   = request.redirect_uri;
    code.code.code_challenge = request.code_challenge;
    code.code.expires_at     = facts.now + tenant.tenant.settings.lifetimes.code;
    code.nonce               = request.nonce;
    code.capabilities        = request.capabilities;
    code.claims_text         = request.claims_text;
    return code;
}

Result<ClientAnswer> Authorize::abandon(const TenantSnapshot& tenant, const SignInFlow& flow, const RequestFacts&) {
    const auto request = TRY(request_of(tenant, flow));
    auto refusal       = oidc::refuse_at_authorize(StsError::UserDeclinedConsent, "The person cancelled the sign-in.");
    if (flow.error_code != 0) {
        if (const auto entry = find_sts_error(static_cast<std::uint32_t>(flow.error_code))) refusal.code = entry->code;
    }
    refusal.error = OAuthError::access_denied;
    return answer_to(tenant, request, wire::error_response(refusal, request.state, issuer(tenant)));
}

PageWishes Authorize::page_wishes(const SignInFlow& flow) {
    if (flow.purpose != Purpose::authorize) return {};
    const auto parameters = oidc::parse_parameters(flow.request);
    if (!parameters) return {};
    return {.form_targets = {std::string(parameters->get("redirect_uri"))}, .ui_locales = std::string(parameters->get("ui_locales"))};
}

std::string Authorize::issuer(const TenantSnapshot& tenant) const { return oidc::endpoints_of(base_url_, tenant.tenant.id).issuer; }

}  // namespace portcullis::app
