#include "main/demo/small_app.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/secret.h"

namespace portcullis::demo {
namespace {

constexpr auto kPatience = std::chrono::minutes{60};  // as long as a sign-in may take

Error refuse(std::string why) { return {ErrorCode::invalidRequest, "small application: " + std::move(why)}; }

std::string field(std::string_view name, std::string_view value) { return fmt::format("{}={}", name, percent_encode(value)); }

std::string text_of(const http::Form& form, std::string_view name) {
    const auto value = form.at_most_one(name);
    return value ? std::string(value->value_or("")) : std::string();
}

Result<json::object> json_of(const http::Response& response, std::string_view what) {
    if (response.status != 200) return Error{ErrorCode::unavailable, fmt::format("small application: {} answered {}", what, response.status)};
    return json::parse_object(response.body);
}

bool is_for(const json::object& claims, std::string_view client) {
    const auto* audience = claims.if_contains("aud");
    if (!audience) return false;
    if (const auto* one = audience->if_string()) return std::string_view(*one) == client;
    const auto* many = audience->if_array();
    return many && many->size() == 1 && many->at(0).is_string() && std::string_view(many->at(0).as_string()) == client;
}

}  // namespace

std::string SmallApp::begin(std::string_view login_hint, const std::string& browser, Instant now) {
    const auto state = random_.token();
    Pending pending{.nonce = random_.token(), .code_verifier = random_.token(), .browser = browser, .begun = now};
    const auto challenge = base64url(digests_.sha256(pending.code_verifier));

    auto url = registered_.provider.authorization + "?response_type=code&scope=openid%20profile%20email";
    for (const auto& one : {field("client_id", registered_.client_id), field("redirect_uri", registered_.redirect_uri),
                            field("state", state), field("nonce", pending.nonce), field("code_challenge", challenge),
                            field("code_challenge_method", "S256"), field("login_hint", login_hint)}) {
        url += "&" + one;
    }
    pending_.put(state, std::move(pending));
    return url;
}

Result<SmallApp::SignedIn> SmallApp::finish(const http::Form& answer, const std::string& browser, Instant now, const Exchange& exchange) {
    // The answer belongs to a request that this browser made, and answers it once (Core §3.1.2.7; RFC 6749 §10.12).
    const auto pending = pending_.take(text_of(answer, "state"));
    if (!pending) return refuse("the state is unknown");
    if (browser.empty() || !equal_constant_time(pending->browser, browser)) return refuse("the state is another browser's");
    if (now - pending->begun > kPatience) return refuse("the sign-in took too long");
    // RFC 9207 §2.4.
    if (text_of(answer, "iss") != registered_.provider.issuer) return refuse("the answer is not the provider's");
    if (const auto error = text_of(answer, "error"); !error.empty()) {
        return Error{ErrorCode::forbidden, fmt::format("{}: {}", error, text_of(answer, "error_description"))};
    }

    const auto id_token = TRY(redeem(text_of(answer, "code"), *pending, exchange));
    const auto key_set  = TRY(keys(exchange));
    auto verified       = TRY(verifier_.verify(id_token, {.typ = {"JWT"}}, key_set));
    TRY(check_claims(verified.claims, *pending, now));
    return SignedIn{std::move(verified.claims), id_token};
}

http::Request SmallApp::request_to(http::Method method, std::string_view url) const {
    http::Request request;
    request.method         = method;
    request.path           = url.substr(registered_.base_url.size());
    request.authority      = registered_.base_url.substr(registered_.base_url.find("://") + 3);
    request.peer_address   = "127.0.0.1";
    request.client_address = "127.0.0.1";
    request.tls            = registered_.base_url.starts_with("https:");
    request.id             = random_.new_id<RequestId>(Instant{});
    request.headers        = {{"accept", "application/json"}};
    return request;
}

/// RFC 6749 §4.1.3 with client_secret_basic (§2.3.1) and PKCE (RFC 7636 §4.5); the ID token of the answer.
Result<std::string> SmallApp::redeem(std::string_view code, const Pending& pending, const Exchange& exchange) {
    auto request      = request_to(http::Method::POST, registered_.provider.token);
    const auto basic  = percent_encode(registered_.client_id) + ":" + percent_encode(registered_.client_secret);
    request.headers.push_back({"content-type", "application/x-www-form-urlencoded"});
    request.headers.push_back({"authorization", "Basic " + base64(basic)});
    request.body = fmt::format("grant_type=authorization_code&{}&{}&{}", field("code", code),
                               field("redirect_uri", registered_.redirect_uri), field("code_verifier", pending.code_verifier));
    const auto tokens = TRY(json_of(exchange(request), "the token endpoint"));
    auto id_token     = json::string_at(tokens, "id_token");
    if (!id_token) return refuse("there is no ID token");
    return std::move(*id_token);
}

Result<std::vector<app::PublicKey>> SmallApp::keys(const Exchange& exchange) {
    const auto document = TRY(json_of(exchange(request_to(http::Method::GET, registered_.provider.jwks)), "the key set"));
    std::vector<app::PublicKey> found;
    const auto* members = json::array_at(document, "keys");
    if (!members) return refuse("the key set has no keys");
    for (const auto& member : *members) {
        if (const auto* jwk = member.if_object()) {
            if (auto key = verifier_.parse_jwk(*jwk)) found.push_back(std::move(key).value());
        }
    }
    return found;
}

/// Core §3.1.3.7, the steps that concern a confidential client with one audience.
Result<void> SmallApp::check_claims(const json::object& claims, const Pending& pending, Instant now) const {
    // 2. The Issuer Identifier MUST exactly match the value of the iss Claim.
    if (json::string_at(claims, "iss") != registered_.provider.issuer) return refuse("the ID token has another issuer");
    // 3. The aud Claim must contain the client's client_id, and no audience that is not trusted.
    if (!is_for(claims, registered_.client_id)) return refuse("the ID token is for somebody else");
    // 9., 10. exp and iat.
    TRY(app::check_times(claims, now));
    // 11. The nonce Claim must have the value that was sent.
    if (!equal_constant_time(json::string_at(claims, "nonce").value_or(""), pending.nonce)) return refuse("the nonce is another one");
    if (!json::string_at(claims, "sub")) return refuse("the ID token names nobody");
    return {};
}

std::string SmallApp::sign_out_url(const SignedIn& signed_in) const {
    return registered_.provider.end_session + "?" + field("id_token_hint", signed_in.id_token) + "&" +
           field("post_logout_redirect_uri", registered_.post_logout_redirect_uri);
}

}  // namespace portcullis::demo
