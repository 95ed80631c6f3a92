#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "core/identity/application.h"
#include "core/oidc/scopes.h"

/// Whether a person is asked before an application acts in their name (PROTO-119).
namespace portcullis::oidc {

/// What may be asked of the person, one entry for each right: an OpenID scope as it is called, or `{resource id}/{permission}`.
/// Empty: nothing is asked, for the application is the organisation's own, or an administrator consented for everybody.
/// Who `insists` (`prompt=consent`) is asked about whatever the application is.
std::vector<std::string> rights_to_ask_for(const identity::Application& client, const Scopes& scopes, bool insists);

/// Whether what was given covers all that is asked.
bool covers(const std::vector<std::string>& given, const std::vector<std::string>& asked);

/// A right of `rights_to_ask_for` in its parts; `resource` is nil for an OpenID scope.
struct Right {
    ApplicationId resource{};
    std::string permission;
};
Right right_of(const std::string& text);

}  // namespace portcullis::oidc
