#include "wire/discovery.h"

#include <array>
#include <span>

#include "core/oidc/endpoints.h"
#include "core/oidc/scopes.h"
#include "core/oidc/token_request.h"
#include "core/terms/auth_terms.h"

namespace portcullis::wire {
namespace {

json::array texts(std::span<const std::string_view> values) { return json::array(values.begin(), values.end()); }

constexpr auto kClaims = std::to_array<std::string_view>({"sub",          "iss",
                                                          "aud",          "exp",
                                                          "iat",          "nbf",
                                                          "auth_time",    "acr",
                                                          "amr",          "nonce",
                                                          "sid",          "azp",
                                                          "name",         "given_name",
                                                          "family_name",  "preferred_username",
                                                          "email",        "email_verified",
                                                          "phone_number", "phone_number_verified",
                                                          "address",      "locale",
                                                          "zoneinfo",     "updated_at",
                                                          "oid",          "tid"});

/// Members of RFC 8414 §2 and its extensions that the OpenID document has too.
constexpr auto kOAuthMembers = std::to_array<std::string_view>(
    {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "scopes_supported", "response_types_supported",
     "response_modes_supported", "grant_types_supported", "token_endpoint_auth_methods_supported",
     "token_endpoint_auth_signing_alg_values_supported", "revocation_endpoint",
     "revocation_endpoint_auth_methods_supported", "revocation_endpoint_auth_signing_alg_values_supported",
     "introspection_endpoint", "introspection_endpoint_auth_methods_supported",
     "introspection_endpoint_auth_signing_alg_values_supported", "code_challenge_methods_supported",
     "device_authorization_endpoint", "authorization_response_iss_parameter_supported", "acr_values_supported",
     "prompt_values_supported"});

json::array grants() {
    using identity::GrantType;
    json::array names;
    for (const auto grant : {GrantType::authorization_code, GrantType::refresh_token, GrantType::client_credentials,
                             GrantType::device_code}) {
        names.emplace_back(oidc::to_string(grant));
    }
    return names;
}

json::array acrs(Acr highest) {
    json::array names;
    for (const auto acr : kAcrs) {
        if (acr <= highest) names.emplace_back(to_string(acr));
    }
    return names;
}

json::array prompts(const DiscoveryFacts& facts) {
    json::array names{"none", "login", "consent", "select_account"};
    if (facts.has_sign_up) names.emplace_back("create");
    return names;
}

void add_endpoints(json::object& document, const oidc::Endpoints& endpoints) {
    document["issuer"]                        = endpoints.issuer;
    document["authorization_endpoint"]        = endpoints.authorization;
    document["token_endpoint"]                = endpoints.token;
    document["jwks_uri"]                      = endpoints.jwks;
    document["userinfo_endpoint"]             = endpoints.userinfo;
    document["end_session_endpoint"]          = endpoints.end_session;
    document["introspection_endpoint"]        = endpoints.introspection;
    document["revocation_endpoint"]           = endpoints.revocation;
    document["device_authorization_endpoint"] = endpoints.device_authorization;
}

void add_abilities(json::object& document, const DiscoveryFacts& facts) {
    const bool is_pairwise                            = facts.subjects == identity::SubjectType::pairwise;
    document["response_types_supported"]              = json::array{"code"};
    document["response_modes_supported"]              = json::array{"query", "form_post"};
    document["grant_types_supported"]                 = grants();
    document["subject_types_supported"]               = json::array{is_pairwise ? "pairwise" : "public"};
    document["id_token_signing_alg_values_supported"] = json::array{"RS256", "ES256"};
    document["code_challenge_methods_supported"] = json::array{"S256"};
    document["scopes_supported"]                 = texts(oidc::open_id_scopes());
    document["claims_supported"]                 = texts(kClaims);
    document["acr_values_supported"]             = acrs(facts.acr_highest);
    document["prompt_values_supported"]          = prompts(facts);
}

/// How clients prove themselves, at each endpoint that asks them (RFC 8414 §2). Public clients do not introspect.
void add_client_authentication(json::object& document) {
    for (const std::string endpoint : {"token", "introspection", "revocation"}) {
        json::array methods{"client_secret_basic", "client_secret_post", "private_key_jwt"};
        if (endpoint != "introspection") methods.emplace_back("none");
        document[endpoint + "_endpoint_auth_methods_supported"] = std::move(methods);
        document[endpoint + "_endpoint_auth_signing_alg_values_supported"] = json::array{"RS256", "PS256", "ES256"};
    }
}

void add_switches(json::object& document, const DiscoveryFacts& facts) {
    document["claims_parameter_supported"]                     = true;
    document["request_parameter_supported"]                    = false;
    document["request_uri_parameter_supported"]                = false;
    document["authorization_response_iss_parameter_supported"] = true;
    document["http_logout_supported"]                          = true;
    if (!facts.has_backchannel_logout) return;
    document["backchannel_logout_supported"]         = true;
    document["backchannel_logout_session_supported"] = true;
}

}  // namespace

json::object open_id_metadata(const DiscoveryFacts& facts) {
    json::object document;
    add_endpoints(document, oidc::endpoints_of(facts.base, facts.tenant));
    add_abilities(document, facts);
    add_client_authentication(document);
    add_switches(document, facts);
    return document;
}

json::object oauth_metadata(const DiscoveryFacts& facts) {
    const auto whole = open_id_metadata(facts);
    json::object document;
    for (const auto name : kOAuthMembers) {
        if (const auto* member = whole.if_contains(name)) document[name] = *member;
    }
    return document;
}

}  // namespace portcullis::wire
