#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/admin/admin.h"

namespace portcullis::app {

/// A client to be registered (protocols.md §3).
struct NewApplication {
    std::string display_name;
    identity::ApplicationKind kind = identity::ApplicationKind::web;
    std::vector<std::string> redirect_uris, post_logout_redirect_uris;
    std::string backchannel_logout_uri;
    identity::ClientAuthMethod auth_method = identity::ClientAuthMethod::any_registered;  // of web and service
    std::vector<identity::ClientKey> keys;  // of web and service: see client_keys.h
    bool assignment_required = false;
    bool is_third_party      = false;  // people are asked before it acts in their name
    std::string publisher;             // of a third-party application
    identity::Api api;
};

struct CreatedApplication {
    identity::Application application;
    std::optional<Secret> client_secret;  // shown this once; public clients and those with keys alone have none
};

/// A secret as it is given out and as it is kept.
struct NewClientSecret {
    Secret text;  // 256 random bits in base64url
    identity::ClientSecret kept;
};
inline constexpr Duration kClientSecretLife = std::chrono::days{180};
NewClientSecret new_client_secret(Ports& ports, Instant now);

/// Registers an application.
class CreateApplication {
public:
    explicit CreateApplication(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; invalidRequest saying which member is wrong and why; conflict when another application has the
    /// identifier URI; unavailable.
    Result<CreatedApplication> operator()(const Admin& admin, const NewApplication& wanted);

private:
    Ports& ports_;
};

}  // namespace portcullis::app
