#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

/// What a workstation's sign-in asks of the identity provider: discovery, device authorization and tokens (OIDC Discovery §4,
/// RFC 8628).
namespace portcullis::login {

/// Where one issuer answers. Every address is of the issuer's own origin.
struct Provider {
    std::string issuer, device_authorization, token, jwks;
};

/// What a person is told, and what is asked with meanwhile (RFC 8628 §3.2).
struct DeviceGrant {
    std::string device_code, user_code, verification_uri, verification_uri_complete;
    Duration lives{}, interval{};
};

/// One answer of the token endpoint while a person is at it (RFC 8628 §3.5).
struct Polled {
    enum class State { pending, slowDown, granted, denied, expired };
    State state = State::pending;
    std::string id_token;  // granted
};

/// The metadata document of `issuer`. Errors: invalidRequest when it is another issuer's, lacks an endpoint, or leads elsewhere.
Result<Provider> provider_from(const json::object& metadata, const std::string& issuer);
/// Errors: invalidRequest.
Result<DeviceGrant> grant_from(const json::object& answer);
/// `status` as in HTTP. Errors: invalidRequest, in the provider's words where it has some.
Result<Polled> polled_from(int status, const json::object& answer);

/// Who signed in.
struct Person {
    std::string subject, user_name, display_name;
};
/// The claims of an ID token whose signature is good, held against what was asked (OIDC Core §3.1.3.7). Errors: forbidden.
Result<Person> person_from(const json::object& claims, const std::string& issuer, const std::string& client, Instant now);
/// Whether `person` is whom the machine calls `local`: their whole user name, or what stands before its `@` when that is followed by
/// `domain`; without regard to case. Without a domain nobody has a short name: `alice@` of two domains are two people.
bool is_called(const Person& person, const std::string& local, const std::string& domain);

}  // namespace portcullis::login
