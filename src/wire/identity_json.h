#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/identity/application.h"
#include "core/identity/session.h"
#include "core/identity/tenant.h"
#include "core/identity/user.h"
#include "wire/reader.h"

/// Configuration and sessions as JSON documents. Readers refuse what they do not know: invalidRequest names the member
/// and says what it may be.
namespace portcullis::wire {

json::object to_json(const identity::TenantSettings& settings);
Result<identity::TenantSettings> tenant_settings_from(const json::object& document);

json::object to_json(const identity::Application& application);
Result<identity::Application> application_from(const json::object& document);

/// What proved the person, in documents that only we read.
json::array to_array(const std::vector<identity::Factor>& factors);
void read_factors(Reader& reader, std::string_view name, std::vector<identity::Factor>& into);

/// The facts of a session and of a grant (PROTO-182); their keys, state and version are kept beside the document.
json::object to_json(const identity::Session& session);
Result<identity::Session> session_from(const json::object& document);
json::object to_json(const identity::Grant& grant);
Result<identity::Grant> grant_from(const json::object& document);

std::string_view to_string(identity::ApplicationKind kind);
std::optional<identity::ApplicationKind> parse_application_kind(std::string_view name);
std::string_view to_string(identity::GrantType grant);
std::string_view to_string(identity::UserType type);
std::optional<identity::UserType> parse_user_type(std::string_view name);

}  // namespace portcullis::wire
