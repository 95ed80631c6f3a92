#include "core/oidc/consent.h"

#include <algorithm>

namespace portcullis::oidc {

std::vector<std::string> rights_to_ask_for(const identity::Application& client, const Scopes& scopes, bool insists) {
    const bool is_due = client.is_third_party && !client.is_consented_for_all;
    if (!is_due && !insists) return {};
    std::vector<std::string> rights = scopes.open_id;
    for (const auto& permission : scopes.permissions) rights.push_back(to_string(scopes.resource_id) + "/" + permission);
    return rights;
}

bool covers(const std::vector<std::string>& given, const std::vector<std::string>& asked) {
    return std::ranges::all_of(asked, [&](const auto& right) { return std::ranges::find(given, right) != given.end(); });
}

Right right_of(const std::string& text) {
    const auto slash    = text.find('/');
    const auto resource = slash == std::string::npos ? std::nullopt : parse_id<ApplicationId>(text.substr(0, slash));
    if (!resource) return {{}, text};
    return {*resource, text.substr(slash + 1)};
}

}  // namespace portcullis::oidc
