#include "app/collect_signals.h"
#include "app/decide_again.h"
#include "app/devices.h"
#include "app/external_methods.h"
#include "app/live_session.h"
#include "app/notices.h"
#include "app/oauth.h"
#include "app/oauth_issue.h"
#include "app/second_factors.h"
#include "app/risk_changes.h"
#include "base/encoding.h"
#include "base/overloaded.h"
#include "base/id_at.h"
#include "core/controls/applied_policies.h"
#include "core/controls/next_step.h"
#include "core/credentials/access_pass.h"
#include "core/credentials/method_roles.h"
#include "core/oidc/assignment.h"
#include "core/oidc/endpoints.h"
#include "core/oidc/refresh.h"
#include "wire/claims_request.h"
#include "wire/policy_json.h"

namespace portcullis::app {
namespace {

using identity::ApplicationKind;
using identity::Grant;
using oidc::AuthenticatedClient;
using oidc::Refusal;
using Tokens = OAuthOutcome<wire::TokenResponse>;

Actor as_client(ApplicationId client) { return {risk::ActorKind::application, {}, "client:" + to_string(client)}; }

/// The audience of tokens without a resource: userinfo (PROTO-150).
std::string audience_or(const std::string& resource, const std::string& userinfo) { return resource.empty() ? userinfo : resource; }

std::string access_token_alg(const TenantSnapshot& tenant, std::string_view resource) {
    const auto find         = resource_finder(tenant);
    const auto* application = resource.empty() ? nullptr : find(resource);
    return application ? application->access_token_alg : "ES256";
}

/// The workstation that got the person's word, as their device from now on.
DeviceId use_workstation(std::vector<Change>& changes, const Ports& ports, const std::optional<identity::Device>& known, const IssuedCode& code, const RequestFacts& facts) {
    const auto country = ports.networks.look_up(facts.address, facts.now).country.value_or("");
    return use_device(changes, ports, known,
                      {.user    = code.user,
                       .kind    = identity::DeviceKind::workstation,
                       .digest  = code.machine.digest,
                       .name    = code.machine.name,
                       .country = country,
                       .from    = &facts});
}

/// What the request demands of the authentication behind the grant (PROTO-204, PROTO-205); only a new interaction can give it.
std::optional<Refusal> unmet_demand(const oidc::AuthenticationDemand& demand, const Grant& grant) {
    const bool too_weak = demand.is_unmeetable || parse_acr(grant.acr).value_or(Acr::session) < demand.demanded();
    const bool too_old  = demand.newer_than && grant.auth_time <= *demand.newer_than;
    if (!too_weak && !too_old) return std::nullopt;
    auto refusal   = oidc::refuse_at_token(StsError::UserStrongAuthClientAuthNRequired);
    refusal.claims = too_weak ? wire::claims_for_acr(demand.demanded()) : wire::claims_for_newer_than(*demand.newer_than);
    return refusal;
}

}  // namespace

Result<Tokens> OAuth::token(const TenantSnapshot& tenant, const ClientRequest& request, const RequestFacts& facts) {
    const auto authenticated = TRY(client_of(tenant, request, facts));
    if (const auto* refusal = std::get_if<Refusal>(&authenticated)) return Tokens{*refusal};
    const auto& client      = std::get<AuthenticatedClient>(authenticated);
    const auto* application = tenant.application(client.client);
    const auto checked      = oidc::check_token_request(
        request.body, {.client = *application, .find_resource = resource_finder(tenant), .parse_claims = wire::parse_claims_request});
    if (const auto* refusal = std::get_if<Refusal>(&checked)) return Tokens{*refusal};
    const auto& whole = std::get<oidc::TokenRequest>(checked);
    return std::visit(overloaded{
                          [&](const oidc::CodeRequest& r) { return redeem_code(tenant, client, r, whole.wants_client_info, facts); },
                          [&](const oidc::RefreshRequest& r) { return refresh(tenant, client, r, whole, facts); },
                          [&](const oidc::ClientCredentialsRequest& r) { return client_credentials(tenant, client, r, facts); },
                          [&](const oidc::DeviceCodeRequest& r) { return poll_device(tenant, client, r, whole.wants_client_info, facts); },
                      },
                      whole.grant);
}

/// The first request that brings a code spends it, right or wrong: in the act that makes its grant, or by itself. Of any number of
/// parallel ones one goes on, and all others, which find it spent when they look again, end what it got (PROTO-120, 121).
Result<Tokens> OAuth::redeem_code(const TenantSnapshot& tenant, const AuthenticatedClient& client, const oidc::CodeRequest& request,
                                  bool client_info, const RequestFacts& facts) {
    return decide_again_on_conflict([&] { return redeem_once(tenant, client, request, client_info, facts); });
}

Result<Tokens> OAuth::redeem_once(const TenantSnapshot& tenant, const AuthenticatedClient& client, const oidc::CodeRequest& request,
                                  bool client_info, const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto key   = code_key(ports_, request.code.reveal());
    const auto entry = TRY(ports_.flows.find(id, FlowKind::code, key, facts.now));
    if (!entry) return Tokens{oidc::refuse_at_token(StsError::InvalidGrant)};
    auto code = TRY(issued_code_from(entry->value));
    if (code.code.is_spent) return replayed(tenant, client, code, facts);

    const auto verifier  = request.code_verifier ? std::optional(request.code_verifier->reveal()) : std::nullopt;
    const auto challenge = base64url(ports_.digests.sha256(verifier.value_or("")));
    const auto refusal   = oidc::redemption_refusal(
        &code.code, {.client = client.client, .redirect_uri = request.redirect_uri, .code_verifier = verifier, .s256_of_verifier = challenge, .now = facts.now});
    code.code.is_spent = true;
    const FlowWrite spent{.kind = FlowKind::code, .key = key, .version = entry->version, .value = to_text(code), .expires_at = entry->expires_at};
    auto outcome = refusal ? Result<Tokens>(*refusal) : open_grant(tenant, client, code, client_info, facts, {spent});
    if (outcome && std::holds_alternative<Refusal>(*outcome)) {
        TRY(ports_.flows.replace(id, spent.kind, spent.key, *spent.version, *spent.value, spent.expires_at, facts.now));
    }
    return outcome;
}

/// Somebody has had this code before: what it gave them ends.
Result<Tokens> OAuth::replayed(const TenantSnapshot& tenant, const AuthenticatedClient& client, const IssuedCode& code, const RequestFacts& facts) {
    TRY(commit(tenant, "CodeReplayed", as_client(client.client), {GrantRevoked{code.grant, "authorization code replayed"}}, facts));
    return Tokens{oidc::refuse_at_token(StsError::CodeAlreadyRedeemed)};
}

Result<Tokens> OAuth::open_grant(const TenantSnapshot& tenant, const AuthenticatedClient& client, const IssuedCode& code, bool client_info,
                                 const RequestFacts& facts, std::vector<FlowWrite> flows) {
    const auto* application = tenant.application(client.client);
    const auto& lifetimes   = tenant.tenant.settings.lifetimes;
    oidc::Scopes scopes{.open_id = code.open_id};
    const auto life = oidc::refresh_life(*application, scopes, lifetimes);
    Grant grant{.id             = code.grant,
                .user           = code.user,
                .client         = client.client,
                .session        = code.session,
                .device         = code.device,
                .scope          = code.scope,
                .resource       = code.resource,
                .acr            = code.acr,
                .factors        = code.factors,
                .auth_time      = code.auth_time,
                .mfa_time       = code.mfa_time,
                .nonce          = code.nonce,
                .claims_text    = code.claims_text,
                .capabilities   = code.capabilities,
                .is_device_flow = code.is_device_flow,
                .is_offline     = oidc::has_scope(code.scope, "offline_access"),
                .created_at     = facts.now,
                .expires_at     = facts.now + (life ? life->absolute : lifetimes.refresh_absolute)};
    if (const auto end = credentials::end_of(grant.factors)) grant.expires_at = std::min(grant.expires_at, *end);
    if (grant.expires_at <= facts.now) return Tokens{oidc::refuse_at_token(StsError::InvalidGrant)};
    const auto standing = TRY(ports_.standings.of(tenant.tenant.id, grant));
    if (const auto refusal = grant_refusal(tenant, grant, standing)) return Tokens{*refusal};
    // What was issued for offline access outlives its session; what was not yet redeemed when the session ended does not.
    const bool is_cut_off = !grant.is_device_flow && standing.session && standing.session->state != identity::SessionState::active;
    if (is_cut_off) return Tokens{oidc::refuse_at_token(StsError::FreshTokenNeeded)};
    if (const auto refusal = policy_verdict(tenant, grant, standing, facts).refusal) return Tokens{*refusal};

    Issue issue{.client           = client,
                .grant            = &grant,
                .account          = &*standing.account,
                .scope            = code.scope,
                .permissions      = code.permissions,
                .audience         = audience_or(code.resource, oidc::endpoints_of(base_url_, tenant.tenant.id).userinfo),
                .access_token_alg = access_token_alg(tenant, code.resource),
                .with_id_token    = std::ranges::find(code.open_id, "openid") != code.open_id.end(),
                .client_info      = client_info};
    if (!code.claims_text.empty()) issue.claims = wire::parse_claims_request(code.claims_text).value_or(oidc::ClaimsRequest{});
    std::vector<Change> changes;
    if (!code.machine.digest.empty()) {
        const auto known = TRY(ports_.sessions.recognised(tenant.tenant.id, code.user, code.machine.digest));
        if (known && known->is_disabled()) return Tokens{oidc::refuse_at_token(StsError::DeviceDisabled)};
        // Approved before it was disabled: that it is enabled again gives nothing back. The grant's id is as old as the approval.
        const bool is_void = known && known->valid_from && code.grant < first_id_at<GrantId>(*known->valid_from + Duration{1});
        if (is_void) return Tokens{oidc::refuse_at_token(StsError::FreshTokenNeeded)};
        grant.device = use_workstation(changes, ports_, known, code, facts);
    }
    GrantOpened opened{.grant = grant, .refresh_token = {}};
    if (life) {
        issue.refresh_token  = ports_.random.token();
        issue.refresh_life   = grant.expires_at - facts.now;
        opened.refresh_token = identity::RefreshToken{.digest     = reference_digest(ports_, issue.refresh_token),
                                                      .grant      = grant.id,
                                                      .issued_at  = facts.now,
                                                      .expires_at = std::min(grant.expires_at, facts.now + life->idle)};
    }
    changes.emplace_back(std::move(opened));
    TRY(commit(tenant, "RedeemCode", as_client(client.client), std::move(changes), facts, std::move(flows)));
    return Tokens{TRY(tokens(tenant, issue, facts))};
}

std::optional<Refusal> device_refusal(const Grant& grant, const Standing& standing) {
    switch (standing_on_devices(grant, standing)) {
        case OnDevices::holds:    return std::nullopt;
        case OnDevices::disabled: return oidc::refuse_at_token(StsError::DeviceDisabled);
        case OnDevices::over:     return oidc::refuse_at_token(StsError::FreshTokenNeeded);
    }
    return oidc::refuse_at_token(StsError::FreshTokenNeeded);
}

std::optional<Refusal> grant_refusal(const TenantSnapshot& tenant, const Grant& grant, const Standing& standing) {
    const auto& account = standing.account;
    const auto* client  = tenant.application(grant.client);
    if (!client || !client->is_enabled) return oidc::refuse_at_token(StsError::InvalidGrant);
    if (!account || account->user.deleted_at) return oidc::refuse_at_token(StsError::InvalidGrant);
    if (!account->user.account_enabled) return oidc::refuse_at_token(StsError::UserDisabled);
    if (const auto refusal = device_refusal(grant, standing)) return refusal;
    if (grant.auth_time < account->user.sign_in_sessions_valid_from) return oidc::refuse_at_token(StsError::FreshTokenNeeded);
    if (grant.mfa_time && *grant.mfa_time < account->mfa_valid_from) return oidc::refuse_at_token(StsError::FreshTokenNeeded);
    // What it rests on was taken away, or does not count any more: the session says anew what is left.
    const bool rests_on_gone = std::ranges::any_of(grant.factors, [&](const identity::Factor& f) { return is_gone(f, *account); });
    if (rests_on_gone || (grant.mfa_time && !counting_mfa_at(tenant, *account, grant.factors, grant.mfa_time))) {
        return oidc::refuse_at_token(StsError::FreshTokenNeeded);
    }
    if (oidc::assignment_refusal(*client, account->user.id, account->groups)) {
        auto refusal  = oidc::refuse_at_token(StsError::EntitlementGrantsNotFound);
        refusal.error = OAuthError::invalid_grant;
        return refusal;
    }
    if (grant.is_offline) return std::nullopt;
    const bool is_open = standing.session && standing.session->state == identity::SessionState::active;
    if (!is_open) return oidc::refuse_at_token(StsError::FreshTokenNeeded);
    return std::nullopt;
}

policy::SignInContext policy_context(const TenantSnapshot& tenant, const Grant& grant, const Standing& standing) {
    const auto& account     = *standing.account;
    const auto* application = tenant.application(grant.client);
    const auto sign_in      = standing.session ? std::optional(standing.session->sign_in) : std::nullopt;
    const auto risk         = risk::assess(standing.active_detections, sign_in);
    policy::SignInContext context{.user         = account.user.id,
                                  .user_type    = account.user.type,
                                  .groups       = account.groups,
                                  .roles        = account.roles,
                                  .location     = {},
                                  .sign_in_risk = risk.sign_in_now,
                                  .user_risk    = risk.user};
    const auto find      = resource_finder(tenant);
    const auto* resource = grant.resource.empty() ? nullptr : find(grant.resource);
    if (resource) context.resources.push_back(resource->id);
    if (application && !application->is_public()) context.resources.push_back(application->id);
    const bool is_native = application && application->kind == ApplicationKind::native;
    context.client_app   = is_native ? policy::ClientAppType::mobileAppsAndDesktopClients : policy::ClientAppType::browser;
    if (grant.is_device_flow) context.original_transfer_method = policy::TransferMethod::deviceCodeFlow;
    return context;
}

/// Policy is asked again with the request's own address and the risk of now (PROTO-122).
OAuth::PolicyVerdict OAuth::policy_verdict(const TenantSnapshot& tenant, const Grant& grant, const Standing& standing,
                                           const RequestFacts& facts) const {
    PolicyVerdict verdict;
    if (tenant.policies.empty()) return verdict;
    const auto& account     = *standing.account;
    const auto* application = tenant.application(grant.client);
    auto context            = policy_context(tenant, grant, standing);
    std::vector<signals::Missing> missing;
    context.location = location_of(tenant, network_signals(ports_, tenant, facts.address, facts.now, missing));

    const controls::SessionFacts session{
        .now               = facts.now,
        .transaction_began = facts.now,
        .first_factor_at   = grant.auth_time,
        .mfa_at            = counting_mfa_at(tenant, account, grant.factors, grant.mfa_time),
        .frequency_check   = application && application->is_public() ? controls::FrequencyCheck::enforced : controls::FrequencyCheck::deferred,
        .factors           = proofs_of(grant.factors, account),
        .remediation       = account.password ? controls::RemediationBranch::secureChange : controls::RemediationBranch::signInAgain};
    const auto decision   = policy::evaluate(tenant.compiled, context);
    const auto step       = controls::next_step(decision, session,
                                                {.can_mfa             = !second_factors(tenant, account, facts.now).empty(),
                                                 .can_register        = true,
                                                 .can_change_password = account.password.has_value(),
                                                 .registration        = controls::RegistrationDue::notDue,
                                                 .methods             = offered_methods(tenant, account, facts.now),
                                                 // Whether they may in fact, the sign-in tells that the client sends them to.
                                                 .registrable         = {{.kind = AuthMethod::passkeyDeviceBound}, {.kind = AuthMethod::softwareOath}, {.kind = AuthMethod::hardwareOath}}});
    verdict.answer.status = controls::conditional_access_status(decision, session);
    if (std::holds_alternative<controls::Grant>(step)) return verdict;
    verdict.answer.applied = wire::to_json(controls::applied_policies(decision, context, session));
    verdict.refusal        = oidc::refuse_at_token(controls::error_code(step, controls::Interaction::silent));
    if (std::holds_alternative<controls::Interrupt>(step)) verdict.refusal->claims = wire::claims_for_acr(Acr::mfa);
    return verdict;
}

Result<Tokens> OAuth::refresh(const TenantSnapshot& tenant, const AuthenticatedClient& client, const oidc::RefreshRequest& request,
                              const oidc::TokenRequest& whole, const RequestFacts& facts) {
    return decide_again_on_conflict([&] { return refresh_once(tenant, client, request, whole, facts); });
}

Result<Tokens> OAuth::refresh_once(const TenantSnapshot& tenant, const AuthenticatedClient& client, const oidc::RefreshRequest& request,
                                   const oidc::TokenRequest& whole, const RequestFacts& facts) {
    const auto id       = tenant.tenant.id;
    const auto digest   = reference_digest(ports_, request.refresh_token.reveal());
    const auto found    = TRY(ports_.sessions.by_refresh_token(id, digest));
    const auto decision = oidc::decide_refresh({.token  = found ? &found->token : nullptr,
                                                .grant  = found ? &found->grant : nullptr,
                                                .client = *tenant.application(client.client),
                                                .now    = facts.now,
                                                .grace  = tenant.tenant.settings.lifetimes.refresh_grace});
    if (!found) return Tokens{std::get<Refusal>(decision)};
    const auto& grant   = found->grant;
    const auto standing = TRY(ports_.standings.of(id, grant));
    const auto refuse   = [&](const Refusal& refusal, const PolicyAnswer& answer) -> Result<Tokens> {
        SignInRecorded line{token_sign_in(ports_, tenant, grant, standing, answer, refusal.code, facts)};
        TRY(commit(tenant, "RefreshRefused", as_client(client.client), {std::move(line)}, facts));
        return Tokens{refusal};
    };
    if (const auto* refusal = std::get_if<Refusal>(&decision)) {
        // What was revoked because its device is disabled is told so, to the client that held it.
        const bool is_on_disabled = grant.client == client.client && standing_on_devices(grant, standing) == OnDevices::disabled;
        return refuse(is_on_disabled ? oidc::refuse_at_token(StsError::DeviceDisabled) : *refusal, {});
    }
    if (const auto* stolen = std::get_if<oidc::Reused>(&decision)) {
        TRY(reused(tenant, grant, facts));
        return refuse(stolen->refusal, {});
    }
    const auto judged = judge_refresh(tenant, grant, standing, request, whole, facts);
    if (judged.refusal) return refuse(*judged.refusal, judged.answer);
    SignInRecorded line{token_sign_in(ports_, tenant, grant, standing, judged.answer, StsError::Success, facts)};
    Issue issue{.client           = client,
                .grant            = &grant,
                .account          = &*standing.account,
                .scope            = judged.scope,
                .permissions      = judged.scopes.permissions_text(),
                .audience         = audience_or(grant.resource, oidc::endpoints_of(base_url_, id).userinfo),
                .access_token_alg = access_token_alg(tenant, grant.resource),
                .with_id_token    = judged.scopes.has("openid"),
                .client_info      = whole.wants_client_info,
                .refresh_life     = grant.expires_at - facts.now};
    if (const auto* same = std::get_if<oidc::SameSuccessor>(&decision)) {
        issue.refresh_token = TRY(ports_.sealer.open(same->sealed_successor, successor_context(id, digest))).reveal();
        TRY(commit(tenant, "Refresh", as_client(client.client), {std::move(line)}, facts));
        return Tokens{TRY(tokens(tenant, issue, facts))};
    }
    issue.refresh_token = ports_.random.token();
    auto sealed         = TRY(ports_.sealer.seal(Secret(issue.refresh_token), successor_context(id, digest)));
    RefreshRotated rotated{.used_digest      = digest,
                           .next             = {.digest     = reference_digest(ports_, issue.refresh_token),
                                                .grant      = grant.id,
                                                .issued_at  = facts.now,
                                                .expires_at = std::min(grant.expires_at, facts.now + tenant.tenant.settings.lifetimes.refresh_idle)},
                           .at               = facts.now,
                           .sealed_successor = std::move(sealed)};
    std::vector<Change> changes;
    if (!grant.device.is_nil()) changes.emplace_back(DeviceUsed{grant.device});
    changes.emplace_back(std::move(rotated));
    changes.emplace_back(std::move(line));
    TRY(commit(tenant, "Refresh", as_client(client.client), std::move(changes), facts));
    return Tokens{TRY(tokens(tenant, issue, facts))};
}

/// Whether the grant still holds, what policies say of it now, and what of the asked scope is left.
OAuth::JudgedRefresh OAuth::judge_refresh(const TenantSnapshot& tenant, const Grant& grant, const Standing& standing,
                                          const oidc::RefreshRequest& request, const oidc::TokenRequest& whole, const RequestFacts& facts) const {
    JudgedRefresh judged{.refusal = grant_refusal(tenant, grant, standing), .answer = {}, .scope = {}, .scopes = {}};
    if (judged.refusal) return judged;
    auto verdict   = policy_verdict(tenant, grant, standing, facts);
    judged.answer  = std::move(verdict.answer);
    judged.refusal = std::move(verdict.refusal);
    if (!judged.refusal) judged.refusal = unmet_demand(whole.demand, grant);
    if (judged.refusal) return judged;

    const auto scope = oidc::narrow_scope(grant.scope, request.scope);
    if (!scope) {
        judged.refusal = oidc::refuse_at_token(StsError::InvalidScope);
        return judged;
    }
    std::vector<std::string_view> resources;
    if (!grant.resource.empty()) resources.push_back(grant.resource);
    // What was granted to the client may have been withdrawn since; only a new request can say what is left.
    auto parsed = oidc::parse_scopes(*tenant.application(grant.client), *scope, resources, resource_finder(tenant));
    if (std::holds_alternative<Refusal>(parsed)) {
        judged.refusal = oidc::refuse_at_token(StsError::DelegationDoesNotExist);
        return judged;
    }
    judged.scope  = *scope;
    judged.scopes = std::get<oidc::Scopes>(std::move(parsed));
    return judged;
}

/// A used refresh token came back: the family dies and the account's owner is warned of a stolen token (PROTO-124).
Result<void> OAuth::reused(const TenantSnapshot& tenant, const Grant& grant, const RequestFacts& facts) {
    // The family dies first and by itself: nothing about risk may keep it alive.
    const Actor self{risk::ActorKind::system, {}, "token endpoint"};
    TRY(commit(tenant, "RefreshReused", self, {GrantRevoked{grant.id, "refresh token reused"}}, facts));
    if (grant.state == identity::GrantState::active) {
        const auto session = TRY(ports_.sessions.session(tenant.tenant.id, grant.session));
        const risk::RiskDetection detection{.id              = ports_.random.new_id<DetectionId>(facts.now),
                                            .user            = grant.user,
                                            .sign_in         = session ? std::optional(session->sign_in) : std::nullopt,
                                            .session         = grant.session,
                                            .correlation     = facts.correlation,
                                            .type            = RiskEventType::anomalousToken,
                                            .level           = RiskLevel::high,
                                            .timing          = DetectionTiming::realtime,
                                            .activity_at     = facts.now,
                                            .detected_at     = facts.now,
                                            .last_updated_at = facts.now,
                                            .ip_address      = to_string(facts.address),
                                            .user_agent      = facts.user_agent.substr(0, 512),
                                            .evidence        = {{"refresh token", "used again after it was rotated", "once"}}};
        const auto raise = [&]() -> Result<void> {
            auto book = TRY(RiskChanges::read(ports_, tenant.tenant.id, grant.user, detection.sign_in));
            const auto before = book.assess().user;
            book.raise(std::span(&detection, 1), facts.now);
            const auto after   = book.assess().user;
            auto changes       = TRY(book.changes(ports_, facts.now));
            const auto account = TRY(ports_.directory.account(tenant.tenant.id, grant.user));
            if (account) TRY(tell_of_risk(changes, ports_, tenant, account->user, {.before = before, .after = after}, nullptr, facts.now));
            return commit(tenant, "RefreshReused", self, std::move(changes), facts);
        };
        return decide_again_on_conflict(raise, kDecisionsOfBrowserMax);
    }
    return {};
}

Result<Tokens> OAuth::client_credentials(const TenantSnapshot& tenant, const AuthenticatedClient& client,
                                         const oidc::ClientCredentialsRequest& request, const RequestFacts& facts) {
    Issue issue{.client           = client,
                .scope            = request.scopes.text(),
                .roles            = request.scopes.permissions,
                .audience         = request.scopes.resource,
                .access_token_alg = access_token_alg(tenant, request.scopes.resource)};
    auto response = TRY(tokens(tenant, issue, facts));
    const auto jti = base64url(ports_.digests.sha256(response.access_token)).substr(0, 22);
    TRY(commit(tenant, "ClientCredentials", as_client(client.client),
               {AppTokenIssued{client.client, request.scopes.resource, jti},
                SignInRecorded{application_sign_in(ports_, tenant, client.client, request.scopes.resource, facts)}}, facts));
    return Tokens{std::move(response)};
}

}  // namespace portcullis::app
