#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "core/identity/device.h"
#include "core/identity/session.h"

namespace portcullis::app {

/// Which of a session's two references a cookie carried; the cross-site one opens authorize and logout only.
enum class SessionReference { same_site, cross_site };

inline constexpr int kDevicesRead = 1000;

struct FoundGrant {
    identity::Grant grant;
    identity::RefreshToken token;
};

/// Sessions, grants and refresh tokens, and the devices they are on. Read-only: they change through Journal. Errors of all: unavailable.
class Sessions {
public:
    virtual ~Sessions() = default;

    /// Whatever its state; the caller judges state, times, and who may have it.
    virtual Result<std::optional<identity::Session>> session(TenantId tenant, SessionId id) const = 0;
    virtual Result<std::vector<identity::Session>> of_user(TenantId tenant, UserId user) const = 0;
    virtual Result<std::optional<identity::Grant>> grant(TenantId tenant, GrantId id) const = 0;
    virtual Result<std::optional<identity::Consent>> consent(TenantId tenant, UserId user, ApplicationId client) const = 0;
    /// The latest first.
    virtual Result<std::vector<identity::Consent>> consents(TenantId tenant, UserId user) const = 0;
    virtual Result<std::optional<FoundGrant>> by_refresh_token(TenantId tenant, std::string_view digest) const = 0;
    /// The device of this person that is recognised so; another person's is not theirs.
    virtual Result<std::optional<identity::Device>> recognised(TenantId tenant, UserId user, std::string_view digest) const = 0;
    virtual Result<std::optional<identity::Device>> device(TenantId tenant, DeviceId id) const = 0;
    /// The last seen first, at most `kDevicesRead`.
    virtual Result<std::vector<identity::Device>> devices(TenantId tenant, UserId user) const = 0;
};

}  // namespace portcullis::app
