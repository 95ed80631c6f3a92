#pragma once

#include <string>
#include <vector>

#include "app/admin/change_application.h"

namespace portcullis::app {

/// Permissions an application may hold, of all resources together.
inline constexpr std::size_t kGrantedPermissionsMax = 400;

/// Permissions of one resource.
struct Permissions {
    std::string resource;             // identifier URI or client id of the API
    std::vector<std::string> scopes;  // delegated: on behalf of whoever signs in
    std::vector<std::string> roles;   // of the application itself
};

/// Lets an application ask for permissions of an API (protocols.md §3: scopes and audiences are allow-lists). Without any it
/// gets OpenID scopes only. What it holds already stays.
class GrantPermissions {
public:
    explicit GrantPermissions(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound for the application or the API; invalidRequest for a permission the API does not define, a
    /// scope for a daemon, a role for anything else, or too many; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, const Permissions& wanted);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, const Permissions& wanted);
    Ports& ports_;
};

/// Takes permissions back: the named ones, or all of the resource when none is named. No token is issued for them any more;
/// those that were issued end with their life.
class WithdrawPermissions {
public:
    explicit WithdrawPermissions(Ports& ports) : ports_(ports) {}

    /// Errors: forbidden; notFound for the application or the API; conflict; unavailable.
    Result<identity::Application> operator()(const Admin& admin, ApplicationId application, const Permissions& unwanted);

private:
    Result<identity::Application> attempt(const Admin& admin, ApplicationId application, const Permissions& unwanted);
    Ports& ports_;
};

}  // namespace portcullis::app
