#include "core/oidc/client_authentication.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "core/oidc/authorize_request.h"
#include "core/oidc/client_assertion.h"

namespace portcullis::oidc {
namespace {

using identity::ClientAuthMethod;

constexpr std::string_view kBasic = "basic ";

struct BasicCredentials {
    std::string id;
    Secret secret;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// RFC 6749 §2.3.1: base64, then identifier and secret each form-decoded (PROTO-021).
std::optional<BasicCredentials> decode_basic(std::string_view authorization) {
    auto encoded = authorization.substr(kBasic.size());
    while (encoded.starts_with(' ')) encoded.remove_prefix(1);
    auto pair = parse_base64(encoded);
    if (!pair) return std::nullopt;
    const Secret kept(std::move(*pair));
    const auto text  = kept.reveal();
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto id     = percent_decode(text.substr(0, colon), Plus::is_space);
    auto secret = percent_decode(text.substr(colon + 1), Plus::is_space);
    if (!id || !secret) return std::nullopt;
    return BasicCredentials{std::move(*id), Secret(std::move(*secret))};
}

Refusal wrong_credentials() { return refuse_at_token(StsError::InvalidClientSecret); }

bool is_same_client(std::string_view body, std::string_view authenticated) {
    const auto a = parse_client_id(body), b = parse_client_id(authenticated);
    return a && b ? *a == *b : body == authenticated;
}

PresentedClient presented(std::string_view id, Presented how, Secret secret) {
    return {parse_client_id(id).value_or(ApplicationId{}), how, std::move(secret)};
}

bool is_allowed(ClientAuthMethod registered, Presented how) {
    switch (registered) {
        case ClientAuthMethod::none:
        case ClientAuthMethod::private_key_jwt: return false;
        case ClientAuthMethod::any_registered: return how == Presented::basic || how == Presented::post;
        case ClientAuthMethod::client_secret_basic: return how == Presented::basic;
        case ClientAuthMethod::client_secret_post: return how == Presented::post;
    }
    return false;
}

constexpr auto kMethodNames = std::to_array<std::pair<ClientAuthMethod, std::string_view>>({
    {ClientAuthMethod::none, "none"},
    {ClientAuthMethod::client_secret_basic, "client_secret_basic"},
    {ClientAuthMethod::client_secret_post, "client_secret_post"},
    {ClientAuthMethod::private_key_jwt, "private_key_jwt"},
});

/// RFC 7521 §4.2: an assertion and its type come together.
std::variant<PresentedClient, Refusal> present_assertion(const Parameters& body) {
    const auto type = body.find("client_assertion_type"), assertion = body.find("client_assertion");
    if (!type || !assertion) {
        return refuse_at_token(StsError::MissingRequiredField,
                               "The parameters client_assertion and client_assertion_type come together.");
    }
    if (*type != kAssertionType) return refuse_at_token(StsError::InvalidClient, "The type of the client assertion is not known.");
    return presented(body.get("client_id"), Presented::assertion, Secret(std::string(*assertion)));
}

}  // namespace

bool tried_basic(std::optional<std::string_view> authorization) {
    return authorization && authorization->size() >= kBasic.size() &&
           std::ranges::equal(authorization->substr(0, kBasic.size()), kBasic, {}, lower);
}

std::variant<PresentedClient, Refusal> present_client(std::optional<std::string_view> authorization,
                                                      const Parameters& body) {
    const bool has_basic = tried_basic(authorization), has_post = body.find("client_secret").has_value();
    const bool has_assertion = body.find("client_assertion") || body.find("client_assertion_type");
    if (int{has_basic} + int{has_post} + int{has_assertion} > 1) {
        return refuse_at_token(StsError::InvalidRequest, "The request has more than one client authentication.");
    }
    if (has_assertion) return present_assertion(body);

    const auto body_id = body.find("client_id");
    if (has_basic) {
        auto basic = decode_basic(*authorization);
        if (!basic || (body_id && !is_same_client(*body_id, basic->id))) return wrong_credentials();
        return presented(basic->id, Presented::basic, std::move(basic->secret));
    }
    if (!body_id) return refuse_at_token(StsError::InvalidClient, "The request does not say which client it is from.");
    if (has_post) return presented(*body_id, Presented::post, Secret(std::string(body.get("client_secret"))));
    return presented(*body_id, Presented::none, Secret{});
}

std::variant<AuthenticatedClient, Refusal> authenticate_client(const identity::Application* known,
                                                               const PresentedClient& presented,
                                                               std::string_view presented_digest, Instant now) {
    const bool is_known = known != nullptr && known->is_enabled;
    if (presented.how == Presented::none) {
        // Unknown and confidential clients get the same answer: whether a client exists is not told here.
        if (!is_known || !known->is_public()) return refuse_at_token(StsError::ClientSecretMissing);
        return AuthenticatedClient{known->id, presented.how};
    }
    if (!is_known) return wrong_credentials();
    if (known->is_public()) return refuse_at_token(StsError::PublicClientWithSecret);

    // Every registered secret is compared, so that the time does not tell which one came near.
    const identity::ClientSecret* match = nullptr;
    for (const auto& secret : known->secrets) {
        if (equal_constant_time(secret.digest, presented_digest)) match = &secret;
    }
    if (match == nullptr || !is_allowed(known->auth_method, presented.how)) return wrong_credentials();
    if (match->expires_at <= now) return refuse_at_token(StsError::ClientSecretExpired);
    return AuthenticatedClient{known->id, presented.how, match->id};
}

std::string_view to_string(ClientAuthMethod method) {
    const auto* name = std::ranges::find(kMethodNames, method, &std::pair<ClientAuthMethod, std::string_view>::first);
    return name == kMethodNames.end() ? std::string_view{} : name->second;
}

std::optional<ClientAuthMethod> parse_client_auth_method(std::string_view text) {
    const auto* name = std::ranges::find(kMethodNames, text, &std::pair<ClientAuthMethod, std::string_view>::second);
    if (name == kMethodNames.end()) return std::nullopt;
    return name->first;
}

}  // namespace portcullis::oidc
