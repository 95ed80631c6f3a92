#include "login/provider.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace portcullis::login {
namespace {

constexpr Duration kClockSkew = std::chrono::minutes{5};

Error wrong(std::string what) { return {ErrorCode::invalidRequest, std::move(what)}; }

/// Scheme and authority of a URL.
std::string_view origin_of(std::string_view url) { return url.substr(0, url.find('/', url.find("//") + 2)); }

Result<std::string> endpoint(const json::object& metadata, std::string_view name, std::string_view issuer) {
    auto url = json::string_at(metadata, name);
    if (!url) return wrong(fmt::format("the provider has no `{}`", name));
    if (origin_of(*url) != origin_of(issuer)) return wrong(fmt::format("`{}` leads away from the issuer", name));
    return std::move(*url);
}

/// Printable and short: it goes to a terminal.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= 512 && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool has_audience(const json::object& claims, const std::string& client) {
    if (const auto one = json::string_at(claims, "aud")) return *one == client;
    const auto* several = json::array_at(claims, "aud");
    return several && several->size() == 1 && several->front().is_string() && several->front().as_string() == client;
}

}  // namespace

Result<Provider> provider_from(const json::object& metadata, const std::string& issuer) {
    if (json::string_at(metadata, "issuer") != issuer) return wrong(fmt::format("the metadata is not of the issuer `{}`", issuer));
    Provider provider{.issuer = issuer, .device_authorization = {}, .token = {}, .jwks = {}};
    provider.device_authorization = TRY(endpoint(metadata, "device_authorization_endpoint", issuer));
    provider.token                = TRY(endpoint(metadata, "token_endpoint", issuer));
    provider.jwks                 = TRY(endpoint(metadata, "jwks_uri", issuer));
    return provider;
}

Result<DeviceGrant> grant_from(const json::object& answer) {
    const auto seconds = [&](std::string_view name, std::int64_t otherwise) { return std::chrono::seconds{json::integer_at(answer, name).value_or(otherwise)}; };
    DeviceGrant grant{.device_code               = json::string_at(answer, "device_code").value_or(""),
                      .user_code                 = json::string_at(answer, "user_code").value_or(""),
                      .verification_uri          = json::string_at(answer, "verification_uri").value_or(""),
                      .verification_uri_complete = json::string_at(answer, "verification_uri_complete").value_or(""),
                      .lives                     = std::clamp<Duration>(seconds("expires_in", 0), Duration{}, std::chrono::hours{1}),
                      .interval                  = std::clamp<Duration>(seconds("interval", 5), std::chrono::seconds{1}, std::chrono::minutes{1})};
    if (grant.device_code.empty() || !is_plain(grant.user_code) || !is_plain(grant.verification_uri)) return wrong("the provider gave no code to show");
    if (!is_plain(grant.verification_uri_complete)) grant.verification_uri_complete.clear();
    return grant;
}

Result<Polled> polled_from(int status, const json::object& answer) {
    using enum Polled::State;
    if (status == 200) {
        auto id_token = json::string_at(answer, "id_token");
        if (!id_token) return wrong("the provider gave no ID token");
        return Polled{granted, std::move(*id_token)};
    }
    const auto error = json::string_at(answer, "error").value_or("");
    if (error == "authorization_pending") return Polled{pending, {}};
    if (error == "slow_down") return Polled{slowDown, {}};
    if (error == "access_denied" || error == "authorization_declined") return Polled{denied, {}};
    if (error == "expired_token") return Polled{expired, {}};
    return wrong(json::string_at(answer, "error_description").value_or(fmt::format("the provider answered {}", status)));
}

Result<Person> person_from(const json::object& claims, const std::string& issuer, const std::string& client, Instant now) {
    const auto refuse  = [](std::string why) { return Error{ErrorCode::forbidden, std::move(why)}; };
    const auto expires = json::integer_at(claims, "exp");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    if (json::string_at(claims, "iss") != issuer) return refuse("the ID token is another issuer's");
    if (!has_audience(claims, client)) return refuse("the ID token is for another application");
    if (!expires || std::chrono::seconds{*expires} + kClockSkew <= seconds) return refuse("the ID token is over; is the clock of this machine right?");
    Person person{.subject      = json::string_at(claims, "sub").value_or(""),
                  .user_name    = json::string_at(claims, "preferred_username").value_or(""),
                  .display_name = json::string_at(claims, "name").value_or("")};
    if (person.subject.empty() || !is_plain(person.user_name)) return refuse("the ID token names nobody");
    return person;
}

bool is_called(const Person& person, const std::string& local, const std::string& domain) {
    if (ascii::equal_ignoring_case(person.user_name, local)) return true;
    return !domain.empty() && ascii::equal_ignoring_case(person.user_name, local + "@" + domain);
}

}  // namespace portcullis::login
