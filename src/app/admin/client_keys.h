#pragma once

#include <optional>
#include <string_view>

#include "app/admin/change_application.h"

namespace portcullis::app {

/// Keys an application may hold at a time: enough to roll them over.
inline constexpr std::size_t kClientKeysMax = 20;
/// Life of a key without a certificate: as long as a client secret may live (protocols.md §3).
inline constexpr Duration kBareKeyLife = std::chrono::days{730};
/// Bytes of a certificate or JWK.
inline constexpr std::size_t kClientKeyBytesMax = 64 * 1024;

/// The public key that a file describes: one certificate (PEM or DER), or a public JWK. Only the public part is kept.
/// Errors: invalidRequest, saying what is wrong: a private key, no key, one too weak, a certificate whose time is over.
Result<identity::ClientKey> read_client_key(Ports& ports, std::string_view file, Instant now);

/// Adds `key` to `keys`. Errors: invalidRequest when it is there already, or there would be too many.
Result<void> add_client_key(std::vector<identity::ClientKey>& keys, identity::ClientKey key);

/// Registers one more public key of a confidential application; the others stay. Keys whose time is over are dropped.
class AddClientKey {
public:
    explicit AddClientKey(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound; invalidRequest for a public client and as the functions above; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, std::string_view file);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, std::string_view file);
    Ports& ports_;
};

/// Takes a secret or key away from an application: what is presented under it is refused from now on.
class RemoveClientCredential {
public:
    explicit RemoveClientCredential(Ports& ports) : ports_(ports) {}

    /// `credential`: the `keyId` of one of its secrets or keys. Errors: forbidden; notFound; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, std::string_view credential);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, std::string_view credential);
    Ports& ports_;
};

/// How an application is to authenticate itself. What is absent stays.
struct ClientAuthentication {
    std::optional<identity::ClientAuthMethod> method;
    std::optional<bool> is_pinned_to_issuer;
};

/// Says how a confidential application authenticates itself.
class ChangeClientAuthentication {
public:
    explicit ChangeClientAuthentication(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound; invalidRequest for a public client, for `none`, and for a method it has no credential
    /// for; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, const ClientAuthentication& wanted);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, const ClientAuthentication& wanted);
    Ports& ports_;
};

}  // namespace portcullis::app
