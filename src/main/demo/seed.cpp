#include "main/demo/seed.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/admin/delete_user.h"
#include "app/admin/report_leaked_credentials.h"
#include "app/admin/save_policy.h"
#include "app/collect_signals.h"
#include "app/contact_methods.h"
#include "app/password_setter.h"
#include "app/verify_totp.h"
#include "base/embedded.h"
#include "base/encoding.h"
#include "core/oidc/redirect_uri.h"
#include "main/demo/cast.h"
#include "main/demo/history.h"

namespace portcullis::demo {
namespace {

using app::Change;
using identity::Application;

constexpr std::size_t kRecordsInOneAct = 20;

/// Application permissions of the administration's endpoints, under Graph's names (graph-api.md §3.1).
constexpr auto kGraphRoles = std::to_array<std::string_view>({
    "IdentityRiskyUser.Read.All",
    "IdentityRiskyUser.ReadWrite.All",
    "IdentityRiskEvent.Read.All",
    "IdentityRiskEvent.ReadWrite.All",
    "IdentityRiskyServicePrincipal.Read.All",
    "IdentityRiskyServicePrincipal.ReadWrite.All",
    "AuditLog.Read.All",
    "Policy.Read.All",
    "Policy.Read.ConditionalAccess",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.AuthenticationMethod",
    "Application.Read.All",
    "Application.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "User.RevokeSessions.All",
    "User-PasswordProfile.ReadWrite.All",
    "User.DeleteRestore.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Organization.Read.All",
    "SecurityAlert.Read.All",
    "SecurityAlert.ReadWrite.All",
    "SecurityIncident.Read.All",
    "SecurityIncident.ReadWrite.All",
});
constexpr std::string_view kDemoApiRole = "Notes.Read.All";

/// Delegated permissions of the demo API; every client that people sign in to may ask for them.
struct DemoScope {
    std::string_view value, display_name;
};
constexpr auto kDemoScopes = std::to_array<DemoScope>({
    {"Notes.Read", "Read your notes"},
    {"Notes.ReadWrite", "Read and write your notes"},
});

constexpr auto kPolicies = std::to_array<std::string_view>({
    "sign-in-risk-mfa.json",
    "user-risk-password-change.json",
    "block-legacy-clients.json",
});

class Seeding {
public:
    Seeding(program::Installation& installation, const Keepsakes& keepsakes, const SeedOptions& options)
        : installation_(installation), ports_(installation.ports()), keepsakes_(keepsakes), options_(options),
          now_(installation.now()), tenant_(parse_id<TenantId>(keepsakes.tenant_id).value_or(TenantId{})) {}

    Result<void> run() {
        TRY(tenant());
        TRY(installation_.ensure_tenant_keys(tenant_));
        TRY(apis());
        for (const auto& each : clients()) TRY(client(each));
        for (const auto& each : people()) TRY(person(each));
        TRY(emergency_accounts());
        for (const auto file : kPolicies) TRY(policy(file));
        TRY(trouble_and_log());
        return installation_.population().publish(now_);
    }

private:
    Result<void> commit(std::string_view name, std::vector<Change> changes) {
        return ports_.journal.commit({.tenant      = tenant_,
                                      .id          = ports_.random.new_id<ActId>(now_),
                                      .name        = std::string(name),
                                      .by          = {risk::ActorKind::system, {}, "demo"},
                                      .at          = now_,
                                      .correlation = ports_.random.new_id<CorrelationId>(now_),
                                      .changes     = std::move(changes)});
    }
    app::Admin admin() {
        return {.tenant      = tenant_,
                .actor       = {risk::ActorKind::system, {}, "demo"},
                .authority   = app::CommandLine{},
                .correlation = ports_.random.new_id<CorrelationId>(now_),
                .now         = now_};
    }
    Result<std::shared_ptr<const app::TenantSnapshot>> snapshot() { return ports_.tenants.snapshot(tenant_); }

    Result<void> tenant() {
        const auto found = ports_.tenants.snapshot_named(kDomain);
        if (!found && found.error().code != ErrorCode::notFound) return found.error();
        if (found && (*found)->tenant.id == tenant_) return {};
        if (found) return Error{ErrorCode::conflict, fmt::format("the store holds the tenant `{}` of another data directory", kDomain)};

        identity::Tenant made{.id = tenant_, .domain = std::string(kDomain), .settings = {}};
        made.settings.branding = {.display_name = "Contoso Ltd",
                                  .color        = "#0b6a5d",
                                  .logo         = "",
                                  .help_desk    = "+31 20 555 0100"};
        made.settings.reset.scope             = identity::ResetScope::all;
        made.settings.passwords.custom_banned = {"contoso", "blank", "abcdef", "password", "summer", "acme"};  // credentials.md §11.3
        return commit("CreateTenant", {app::TenantCreated{std::move(made)}});
    }

    // ---- applications

    static bool has_all(const Application& client, const std::vector<identity::ScopeGrant>& grants) {
        return std::ranges::all_of(grants, [&](const identity::ScopeGrant& wanted) {
            return std::ranges::any_of(client.scope_grants, [&](const identity::ScopeGrant& held) {
                return held.resource == wanted.resource && held.scope == wanted.scope;
            });
        });
    }

    /// Stores `wanted` when it is new or differs in what options decide.
    Result<void> save(Application wanted) {
        const auto tenant_now = TRY(snapshot());
        if (const auto* stored = tenant_now->application(wanted.id)) {
            const bool is_same = stored->redirect_uris == wanted.redirect_uris &&
                                 stored->post_logout_redirect_uris == wanted.post_logout_redirect_uris &&
                                 stored->backchannel_logout_uri == wanted.backchannel_logout_uri &&
                                 stored->api.identifier_uri == wanted.api.identifier_uri && has_all(*stored, wanted.scope_grants);
            if (is_same) return {};
            wanted.secrets    = stored->secrets;
            wanted.keys       = stored->keys;
            for (const auto& grant : stored->scope_grants) {
                if (!has_all(wanted, {grant})) wanted.scope_grants.push_back(grant);
            }
            wanted.created_at = stored->created_at;
            wanted.version    = stored->version;
        }
        return commit("SaveApplication", {app::ApplicationSaved{std::move(wanted)}});
    }

    /// Resources have no secrets of their own; their ids follow from the tenant's, so that they need no keeping.
    ApplicationId api_id(std::uint64_t which) const { return {tenant_.high, tenant_.low ^ which}; }
    ApplicationId demo_api() const { return api_id(1); }
    ApplicationId graph_api() const { return api_id(2); }

    Result<void> apis() {
        Application notes{.id = demo_api(), .display_name = "Demo API", .kind = identity::ApplicationKind::service};
        notes.created_at = now_;
        notes.api        = {.identifier_uri = std::string(kDemoApi),
                            .scopes         = {},
                            .roles          = {{std::string(kDemoApiRole), "Read everybody's notes"}}};
        for (const auto& scope : kDemoScopes) notes.api.scopes.push_back({std::string(scope.value), std::string(scope.display_name)});
        TRY(save(std::move(notes)));

        Application graph{.id = graph_api(), .display_name = "Portcullis Administration", .kind = identity::ApplicationKind::service};
        graph.created_at         = now_;
        graph.api.identifier_uri = options_.base_url + "/graph";
        for (const auto role : kGraphRoles) graph.api.roles.push_back({std::string(role), std::string(role)});
        return save(std::move(graph));
    }

    identity::ClientSecret secret_of(std::string_view text) {
        return {.id         = ports_.random.new_id<SecretId>(now_),
                .digest     = base64url(ports_.digests.sha256(text)),
                .hint       = std::string(text.substr(0, 3)),
                .created_at = now_,
                .expires_at = now_ + std::chrono::days{3650}};
    }

    static std::vector<identity::GrantType> grants_of(const Client& client) {
        using enum identity::GrantType;
        if (client.kind == identity::ApplicationKind::service) return {client_credentials};
        if (client.may_use_device_code) return {authorization_code, refresh_token, device_code};
        return {authorization_code, refresh_token};
    }

    void add_urls(Application& made, const Client& client) const {
        if (!client.redirect_uri.empty()) made.redirect_uris.emplace_back(client.redirect_uri);
        if (client.takes_redirect_options) {
            made.redirect_uris.insert(made.redirect_uris.end(), options_.redirect_uris.begin(), options_.redirect_uris.end());
        }
        if (client.key == "web") {
            made.post_logout_redirect_uris = {"http://localhost:9/web/signed-out"};
            made.post_logout_redirect_uris.insert(made.post_logout_redirect_uris.end(), options_.post_logout_redirect_uris.begin(),
                                                  options_.post_logout_redirect_uris.end());
            made.backchannel_logout_uri = options_.backchannel_logout_uri;
        }
        if (client.key == kSmallApp) {
            made.redirect_uris             = {options_.base_url + std::string(kSmallAppCallback)};
            made.post_logout_redirect_uris = {options_.base_url + "/demo"};
        }
    }

    Result<void> client(const Client& client) {
        const auto& secrets = keepsakes_.clients.at(std::string(client.key));
        Application made{.id = parse_id<ApplicationId>(secrets.client_id).value_or(ApplicationId{}), .display_name = std::string(client.name)};
        made.kind        = client.kind;
        made.auth_method = client.method;
        made.grants      = grants_of(client);
        made.created_at  = now_;
        add_urls(made, client);
        for (const auto& uri : made.redirect_uris) {
            if (const auto problem = oidc::redirect_uri_problem(uri, made.kind)) {
                return Error{ErrorCode::invalidRequest, fmt::format("`{}` cannot be a redirect URI of `{}`: {}", uri, client.key, *problem)};
            }
        }
        if (client.has_secret()) made.secrets = {secret_of(secrets.client_secret)};
        if (client.kind != identity::ApplicationKind::service) {
            for (const auto& scope : kDemoScopes) made.scope_grants.push_back({demo_api(), std::string(scope.value)});
        }
        if (client.key == "service") made.role_grants = {{demo_api(), std::string(kDemoApiRole)}};
        if (client.key == "graph") {
            for (const auto role : kGraphRoles) made.role_grants.push_back({graph_api(), std::string(role)});
        }
        return save(std::move(made));
    }

    // ---- people

    Result<std::optional<app::Account>> account(const Person& person) {
        const auto key = ports_.text.upn_key(upn_of(person));
        return ports_.directory.account_named(tenant_, key.value_or(upn_of(person)));
    }

    /// A password of our own making must obey our own rules.
    Result<app::PasswordSet> password_of(const app::TenantSnapshot& tenant_now, const app::Account& fresh, const std::string& text) {
        app::PasswordSetter setter(ports_);
        const Secret chosen(text);
        const auto verdict = TRY(setter.judge(tenant_now, fresh, chosen));
        if (!verdict.objections.empty()) {
            return Error{ErrorCode::invalidRequest,
                         fmt::format("the password kept for `{}` breaks the tenant's rules", fresh.user.user_principal_name)};
        }
        return app::PasswordSet{TRY(setter.record(tenant_now, fresh, chosen, app::PasswordSetter::Kind::permanent, now_))};
    }

    Result<app::MethodRegistered> authenticator_of(UserId user, const std::string& totp_secret) {
        const Secret seed(parse_base32(totp_secret).value_or(""));
        identity::AuthenticationMethod method{.id = ports_.random.new_id<MethodId>(now_), .user = user};
        method.display_name  = "Authenticator app";
        method.created_at    = now_;
        method.sealed_secret = TRY(ports_.sealer.seal(seed, app::seed_context(tenant_, to_string(method.id))));
        return app::MethodRegistered{std::move(method)};
    }

    Result<app::MethodRegistered> recovery_of(const Person& person, UserId user) {
        const auto address = recovery_mail_of(person);
        const auto parsed  = credentials::parse_mail_address(address);
        if (!parsed) return Error{ErrorCode::invalidRequest, fmt::format("`{}` is no mail address", address)};
        auto method = TRY(app::contact_method(ports_, tenant_, user, app::contact_from(*parsed), now_));
        return app::MethodRegistered{std::move(method)};
    }

    identity::User user_of(const Person& person) {
        identity::User user{.id = ports_.random.new_id<UserId>(now_), .user_principal_name = upn_of(person)};
        user.display_name                = person.name;
        user.given_name                  = person.name;
        user.mail                        = upn_of(person);
        user.preferred_language          = "en";
        user.created_at                  = now_ - std::chrono::days{90};
        user.sign_in_sessions_valid_from = now_ - std::chrono::days{90};
        if (person.registration == Registration::over) user.mfa_registration_deadline = now_ - std::chrono::days{7};
        return user;
    }

    ApplicationId portal() const { return parse_id<ApplicationId>(keepsakes_.clients.at("web").client_id).value_or(ApplicationId{}); }

    void remember(std::vector<Change>& changes, const app::TenantSnapshot& tenant_now, UserId user) {
        const auto key = app::feature_key(ports_, tenant_);
        auto lived     = live(ports_, tenant_now, user, portal(), visits_before(now_));
        float sign_ins = 0;
        for (const auto& seen : lived.seen) {
            installation_.population().observe(tenant_, signals::features_of(seen, key), ++sign_ins);
        }
        changes.push_back(app::ProfileTrained{user, lived.profile, 0});
    }

    Result<void> person(const Person& person) {
        if (TRY(account(person)) || TRY(was_deleted(person))) return {};
        const auto tenant_now = TRY(snapshot());
        const auto& secrets   = keepsakes_.people.at(std::string(person.key));
        const app::Account fresh{.user = user_of(person)};
        const auto user = fresh.user.id;

        std::vector<Change> changes{app::UserCreated{fresh.user, ports_.text.upn_key(fresh.user.user_principal_name).value_or("")},
                                    TRY(password_of(*tenant_now, fresh, secrets.password))};
        if (person.has_totp) changes.emplace_back(TRY(authenticator_of(user, secrets.totp_secret)));
        if (person.has_recovery_mail) changes.emplace_back(TRY(recovery_of(person, user)));
        if (person.role) changes.emplace_back(app::RoleAssigned{user, identity::id_of(*person.role)});
        if (person.history != History::none) remember(changes, *tenant_now, user);
        return commit("CreateUser", std::move(changes));
    }

    /// A deleted person has no name to be found by, but is still listed with the risk (E25).
    Result<bool> was_deleted(const Person& person) {
        if (person.presence == Presence::present) return false;
        for (const auto& user : TRY(ports_.detections.risky_users(tenant_, 100))) {
            const auto found = TRY(ports_.directory.account(tenant_, user.user));
            if (found && found->user.deleted_at && found->user.user_principal_name == upn_of(person)) return true;
        }
        return false;
    }

    Result<void> emergency_accounts() {
        auto settings = TRY(snapshot())->tenant.settings;
        if (!settings.emergency_accounts.empty()) return {};
        settings.emergency_accounts = TRY(emergency_ids());
        return commit("ChangeTenant", {app::TenantChanged{std::move(settings)}});
    }
    Result<std::vector<UserId>> emergency_ids() {
        std::vector<UserId> ids;
        for (const auto& each : people()) {
            if (!each.is_emergency) continue;
            if (const auto found = TRY(account(each))) ids.push_back(found->user.id);
        }
        return ids;
    }

    // ---- policies

    /// The document as it is shipped, but in force, and with the emergency accounts left out.
    Result<void> policy(std::string_view file) {
        if (keepsakes_.opened_at) return {};  // they are the administrators' now
        const auto found = embedded::policy_documents().find(file);
        if (found == embedded::policy_documents().end()) return Error{ErrorCode::unavailable, fmt::format("no document `{}`", file)};
        auto document = TRY(json::parse_object(found->second));
        for (const auto& stored : TRY(snapshot())->policies) {
            if (stored.display_name == json::string_at(document, "displayName")) return {};
        }
        auto& users       = document["conditions"].as_object()["users"].as_object();
        auto& excluded    = users["excludeUsers"].emplace_array();
        document["state"] = "enabled";
        for (const auto& id : TRY(emergency_ids())) excluded.push_back(json::value(to_string(id)));
        const auto outcome = TRY(app::SavePolicy(ports_)(admin(), std::nullopt, json::to_text(document), app::Warnings::acknowledge));
        if (std::holds_alternative<app::PolicyAccepted>(outcome)) return {};
        return Error{ErrorCode::unavailable, fmt::format("the policy `{}` is refused", file)};
    }

    // ---- what is known against people, and what they did

    Result<void> trouble_and_log() {
        if (keepsakes_.opened_at) return {};
        for (const auto& each : people()) {
            const auto found = TRY(account(each));
            if (!found) continue;
            if (each.trouble == Trouble::leakedCredentials) TRY(leak(found->user.id));
            if (each.history == History::profileAndLog) TRY(log(*found));
            if (each.presence == Presence::deleted) TRY(app::DeleteUser(ports_)(admin(), found->user.id));
        }
        return {};
    }

    Result<void> leak(UserId user) {
        if (!TRY(ports_.detections.of_user(tenant_, user, std::nullopt)).detections.empty()) return {};
        TRY(app::ReportLeakedCredentials(ports_)(admin(), user, {.where = "a list of leaked passwords", .leaked_at = now_ - std::chrono::days{3}}));
        return {};
    }

    Result<void> log(const app::Account& account) {
        if (!TRY(ports_.sign_ins.sign_ins(tenant_, {.user = account.user.id, .correlation = std::nullopt, .most = 1})).empty()) return {};
        const auto tenant_now = TRY(snapshot());
        const auto lived      = live(ports_, *tenant_now, account.user.id, portal(), visits_before(now_));
        std::vector<Change> changes;
        for (auto& record : records_of(ports_, *tenant_now, account, portal(), lived)) {
            changes.emplace_back(app::SignInRecorded{std::move(record)});
            if (changes.size() == kRecordsInOneAct) TRY(commit("ImportSignIns", std::exchange(changes, {})));
        }
        return changes.empty() ? Result<void>() : commit("ImportSignIns", std::move(changes));
    }

    program::Installation& installation_;
    app::Ports& ports_;
    const Keepsakes& keepsakes_;
    const SeedOptions& options_;
    Instant now_;
    TenantId tenant_;
};

}  // namespace

Result<void> seed(program::Installation& installation, const Keepsakes& keepsakes, const SeedOptions& options) {
    return Seeding(installation, keepsakes, options).run();
}

}  // namespace portcullis::demo
