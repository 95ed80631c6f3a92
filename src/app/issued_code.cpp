#include "app/issued_code.h"

#include <algorithm>

#include "core/oidc/authorize_request.h"
#include "wire/identity_json.h"

namespace portcullis::app {
namespace {

std::string pairwise(const Ports& ports, const TenantSnapshot& tenant, const std::string& message) {
    const auto key = ports.digests.hmac_sha256(ports.keys.pairwise.reveal(), to_string(tenant.tenant.id));
    return oidc::pairwise_value(ports.digests.hmac_sha256(key, message));
}

}  // namespace

std::string code_key(const Ports& ports, std::string_view value) {
    const auto grant = referred_to<GrantId>(value);
    return (grant ? to_string(*grant) : std::string()) + '.' + reference_digest(ports, value);
}

std::string to_text(const IssuedCode& c) {
    return json::to_text(json::object{
        {"client", to_string(c.code.client)},
        {"redirectUri", c.code.redirect_uri},
        {"challenge", c.code.code_challenge},
        {"expiresAt", unix_ms(c.code.expires_at)},
        {"isSpent", c.code.is_spent},
        {"grant", to_string(c.grant)},
        {"user", to_string(c.user)},
        {"session", to_string(c.session)},
        {"device", to_string(c.device)},
        {"machineDigest", c.machine.digest},
        {"machineName", c.machine.name},
        {"signIn", to_string(c.sign_in)},
        {"scope", c.scope},
        {"permissions", c.permissions},
        {"openId", wire::to_array(c.open_id)},
        {"resource", c.resource},
        {"resourceId", to_string(c.resource_id)},
        {"nonce", c.nonce},
        {"acr", c.acr},
        {"factors", wire::to_array(c.factors)},
        {"authTime", unix_ms(c.auth_time)},
        {"mfaTime", wire::ms_or_null(c.mfa_time)},
        {"capabilities", wire::to_array(c.capabilities)},
        {"claims", c.claims_text},
        {"isDeviceFlow", c.is_device_flow},
    });
}

Result<IssuedCode> issued_code_from(std::string_view text) {
    const auto document = TRY(json::parse_object(text));
    IssuedCode c;
    wire::Reader reader(document, "");
    reader.read("client", c.code.client);
    reader.read("redirectUri", c.code.redirect_uri);
    reader.read("challenge", c.code.code_challenge);
    reader.read_ms("expiresAt", c.code.expires_at);
    reader.read("isSpent", c.code.is_spent);
    reader.read("grant", c.grant);
    reader.read("user", c.user);
    reader.read("session", c.session);
    reader.read("device", c.device);
    reader.read("machineDigest", c.machine.digest);
    reader.read("machineName", c.machine.name);
    reader.read("signIn", c.sign_in);
    reader.read("scope", c.scope);
    reader.read("permissions", c.permissions);
    reader.read("openId", c.open_id);
    reader.read("resource", c.resource);
    reader.read("resourceId", c.resource_id);
    reader.read("nonce", c.nonce);
    reader.read("acr", c.acr);
    wire::read_factors(reader, "factors", c.factors);
    reader.read_ms("authTime", c.auth_time);
    reader.read_ms("mfaTime", c.mfa_time);
    reader.read("capabilities", c.capabilities);
    reader.read("claims", c.claims_text);
    reader.read("isDeviceFlow", c.is_device_flow);
    bool is_replayed = false;
    reader.read("isReplayed", is_replayed);  // of codes that an earlier release wrote
    TRY(reader.finish());
    return c;
}

IssuedCode issue_for(Random& random, const oidc::Scopes& scopes, const SignInFlow& flow, const identity::Session& session, Acr level,
                     ApplicationId client, Instant now) {
    IssuedCode code;
    code.code.client    = client;
    code.grant          = random.new_id<GrantId>(now);
    code.user           = session.user;
    code.session        = session.id;
    code.device         = session.device;
    code.sign_in        = flow.sign_in;
    code.scope          = scopes.text();
    code.permissions    = scopes.permissions_text();
    code.open_id        = scopes.open_id;
    code.resource       = scopes.resource;
    code.resource_id    = scopes.resource_id;
    code.factors        = session.factors;
    code.auth_time      = session.auth_time;
    code.mfa_time       = session.mfa_time;
    code.acr            = portcullis::to_string(level);
    code.is_device_flow = flow.purpose == Purpose::device;
    return code;
}

std::string subject_of(const Ports& ports, const TenantSnapshot& tenant, ApplicationId client, UserId user) {
    if (tenant.tenant.settings.subjects == identity::SubjectType::public_) return to_string(user);
    return pairwise(ports, tenant, oidc::pairwise_message(client, user));
}

std::string client_session_of(const Ports& ports, const TenantSnapshot& tenant, ApplicationId client, SessionId session) {
    return pairwise(ports, tenant, oidc::client_session_message(client, session));
}

oidc::FindResource resource_finder(const TenantSnapshot& tenant) {
    return [&tenant](std::string_view identifier) -> const identity::Application* {
        const auto* application = tenant.resource(identifier);
        if (!application) {
            const auto id = oidc::parse_client_id(identifier);
            application   = id ? tenant.application(*id) : nullptr;
        }
        const bool is_api = application && application->is_enabled && !application->api.identifier_uri.empty();
        return is_api ? application : nullptr;
    };
}

}  // namespace portcullis::app
