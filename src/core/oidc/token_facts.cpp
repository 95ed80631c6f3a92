#include "core/oidc/token_facts.h"

#include "base/assert.h"
#include "base/encoding.h"

namespace portcullis::oidc {
namespace {

std::string joined(std::string_view left, std::string_view right) {
    std::string bytes(left);
    bytes.push_back('\0');
    bytes += right;
    return bytes;
}

}  // namespace

ProfileFacts profile_of(const identity::User& user) {
    ProfileFacts profile;
    profile.name               = user.display_name;
    profile.given_name         = user.given_name;
    profile.family_name        = user.surname;
    profile.preferred_username = user.user_principal_name;
    profile.email              = user.mail;
    profile.phone_number       = user.phone_number;
    profile.locale             = user.preferred_language;
    return profile;
}

std::string pairwise_message(ApplicationId client, UserId user) { return joined(to_string(client), to_string(user)); }

std::string client_session_message(ApplicationId client, SessionId session) {
    return joined("sid", joined(to_string(client), to_string(session)));
}

std::string pairwise_value(std::string_view hmac) {
    PORTCULLIS_ASSERT(hmac.size() == 32);
    return base64url(hmac);
}

std::string left_half_hash(std::string_view sha256) {
    PORTCULLIS_ASSERT(sha256.size() == 32);
    return base64url(sha256.substr(0, 16));
}

Duration access_token_life(const identity::Lifetimes& lifetimes, double fraction) {
    const double share = fraction >= 0 && fraction <= 1 ? fraction : 0;
    const auto fan     = static_cast<double>(lifetimes.access_token_fan.count()) * share;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(Duration{static_cast<std::int64_t>(fan)});
    return lifetimes.access_token + seconds;
}

bool may_introspect(ApplicationId caller, ApplicationId token_client, std::string_view audience,
                    const identity::Application& caller_application) {
    if (caller == token_client) return true;
    const auto& uri = caller_application.api.identifier_uri;
    return audience == to_string(caller) || (!uri.empty() && audience == uri);
}

}  // namespace portcullis::oidc
