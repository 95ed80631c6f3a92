#include "app/admin/client_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::app {
namespace {

using identity::Application;
using identity::ClientAuthMethod;
using identity::ClientKey;

Error wrong(std::string message) { return {ErrorCode::invalidRequest, std::move(message)}; }

Result<Application> confidential_application(const Ports& ports, const Admin& admin, ApplicationId id) {
    auto found = TRY(application_of(ports, admin, id));
    if (found.is_public()) return wrong("a public client has nothing to authenticate itself with");
    return found;
}

Result<ClientKey> from_certificate(Ports& ports, std::string_view file, Instant now) {
    auto read = TRY(ports.verifier.parse_certificate(file));
    if (read.not_after <= now || read.not_after <= read.not_before) return wrong("the certificate is over");
    return ClientKey{.id           = ports.random.new_id<identity::ClientKeyId>(now),
                     .display_name = std::move(read.subject),
                     .kid          = std::move(read.key.kid),
                     .x5t          = std::move(read.x5t),
                     .x5t_s256     = std::move(read.x5t_s256),
                     .jwk          = json::to_text(read.key.jwk),
                     .algs         = std::move(read.algs),
                     .created_at   = now,
                     .starts_at    = read.not_before,
                     .expires_at   = read.not_after};
}

Result<ClientKey> from_jwk(Ports& ports, std::string_view file, Instant now) {
    const auto document = TRY(json::parse_object(file));
    auto key            = TRY(ports.verifier.parse_jwk(document));
    if (key.kid.empty()) key.kid = TRY(ports.verifier.thumbprint(key.jwk));
    return ClientKey{.id           = ports.random.new_id<identity::ClientKeyId>(now),
                     .display_name = {},
                     .kid          = std::move(key.kid),
                     .x5t          = {},
                     .x5t_s256     = {},
                     .jwk          = json::to_text(key.jwk),
                     .algs         = {std::move(key.alg)},
                     .created_at   = now,
                     .starts_at    = now,
                     .expires_at   = now + kBareKeyLife};
}

bool has_credential_for(const Application& client, ClientAuthMethod method) {
    switch (method) {
        case ClientAuthMethod::none:                return false;
        case ClientAuthMethod::any_registered:      return true;
        case ClientAuthMethod::client_secret_basic:
        case ClientAuthMethod::client_secret_post:  return !client.secrets.empty();
        case ClientAuthMethod::private_key_jwt:     return !client.keys.empty();
    }
    return false;
}

}  // namespace

Result<ClientKey> read_client_key(Ports& ports, std::string_view file, Instant now) {
    if (file.size() > kClientKeyBytesMax) return wrong("a certificate or key is smaller than this file");
    const auto first = file.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string_view::npos && file[first] == '{';
    return is_json ? from_jwk(ports, file, now) : from_certificate(ports, file, now);
}

Result<void> add_client_key(std::vector<ClientKey>& keys, ClientKey key) {
    // The same key under another certificate is a renewal; under the same name it would only shadow the first.
    const bool is_there = std::ranges::any_of(keys, [&](const ClientKey& k) {
        return key.x5t_s256.empty() ? k.kid == key.kid : k.x5t_s256 == key.x5t_s256;
    });
    if (is_there) return wrong("this key is registered already");
    if (keys.size() >= kClientKeysMax) return wrong(fmt::format("an application has at most {} keys", kClientKeysMax));
    keys.push_back(std::move(key));
    return {};
}

Result<Application> AddClientKey::operator()(const Admin& admin, ApplicationId application, std::string_view file) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, file); });
}

Result<Application> AddClientKey::attempt(const Admin& admin, ApplicationId application, std::string_view file) {
    auto changed = TRY(confidential_application(ports_, admin, application));
    std::erase_if(changed.keys, [&](const ClientKey& key) { return key.expires_at <= admin.now; });
    auto key = TRY(read_client_key(ports_, file, admin.now));
    TRY(add_client_key(changed.keys, std::move(key)));
    TRY(commit_act(ports_, admin, "AddClientKey", {ApplicationSaved{changed}}));
    return changed;
}

Result<Application> RemoveClientCredential::operator()(const Admin& admin, ApplicationId application, std::string_view credential) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, credential); });
}

Result<Application> RemoveClientCredential::attempt(const Admin& admin, ApplicationId application, std::string_view credential) {
    auto changed       = TRY(application_of(ports_, admin, application));
    const auto is_it   = [&](const auto& held) { return to_string(held.id) == credential; };
    const auto removed = std::erase_if(changed.secrets, is_it) + std::erase_if(changed.keys, is_it);
    if (removed == 0) return Error{ErrorCode::notFound, fmt::format("the application has no credential `{}`", credential)};
    TRY(commit_act(ports_, admin, "RemoveClientCredential", {ApplicationSaved{changed}}));
    return changed;
}

Result<Application> ChangeClientAuthentication::operator()(const Admin& admin, ApplicationId application,
                                                           const ClientAuthentication& wanted) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, wanted); });
}

Result<Application> ChangeClientAuthentication::attempt(const Admin& admin, ApplicationId application,
                                                        const ClientAuthentication& wanted) {
    auto changed                = TRY(confidential_application(ports_, admin, application));
    changed.auth_method         = wanted.method.value_or(changed.auth_method);
    changed.is_pinned_to_issuer = wanted.is_pinned_to_issuer.value_or(changed.is_pinned_to_issuer);
    if (!has_credential_for(changed, changed.auth_method)) return wrong("the application has no credential for this method: add one first");
    TRY(commit_act(ports_, admin, "ChangeClientAuthentication", {ApplicationSaved{changed}}));
    return changed;
}

}  // namespace portcullis::app
