#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/identity/external_method.h"
#include "core/policy/validate.h"

/// External authentication methods as JSON. Source: Graph externalAuthenticationMethodConfiguration, with `federatedIdpMfaBehavior`
/// beside its members.
namespace portcullis::wire {

inline constexpr std::size_t kExternalMethodBytesMax = 64 * 1024;

/// A method, unless a finding rejects it; and every finding at once.
struct ParsedExternalMethod {
    std::optional<identity::ExternalMethod> method;
    std::vector<policy::Finding> findings;
};

/// Reads a method. `state` is `disabled` unless said, `includeTargets` everybody, the behaviour `acceptIfMfaDoneByFederatedIdp`. `id`,
/// `createdDateTime` and `modifiedDateTime` are read if they are there.
ParsedExternalMethod parse_external_method(const json::object& document);
ParsedExternalMethod parse_external_method(std::string_view text);

/// The document; `parse_external_method` gives it back.
json::object to_json(const identity::ExternalMethod& method);

}  // namespace portcullis::wire
