#include "core/identity/external_method.h"

#include <array>

namespace portcullis::identity {
namespace {

struct Name {
    FederatedIdpMfaBehavior behavior;
    std::string_view text;
};

constexpr auto kNames = std::to_array<Name>({
    {FederatedIdpMfaBehavior::acceptIfMfaDoneByFederatedIdp, "acceptIfMfaDoneByFederatedIdp"},
    {FederatedIdpMfaBehavior::enforceMfaByFederatedIdp, "enforceMfaByFederatedIdp"},
    {FederatedIdpMfaBehavior::rejectMfaByFederatedIdp, "rejectMfaByFederatedIdp"},
});

}  // namespace

std::string_view to_string(FederatedIdpMfaBehavior behavior) {
    for (const auto& name : kNames) {
        if (name.behavior == behavior) return name.text;
    }
    return {};
}

std::optional<FederatedIdpMfaBehavior> parse_federated_idp_mfa_behavior(std::string_view text) {
    for (const auto& name : kNames) {
        if (name.text == text) return name.behavior;
    }
    return std::nullopt;
}

}  // namespace portcullis::identity
