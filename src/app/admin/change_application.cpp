#include "app/admin/change_application.h"

#include <fmt/format.h>

namespace portcullis::app {

Result<identity::Application> application_of(const Ports& ports, const Admin& admin, ApplicationId id) {
    const auto tenant = TRY(ports.tenants.snapshot(admin.tenant));
    const auto* found = tenant->application(id);
    if (!found) return Error{ErrorCode::notFound, fmt::format("there is no application `{}`", to_string(id))};
    return *found;
}

Result<CreatedApplication> AddClientSecret::operator()(const Admin& admin, ApplicationId application) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application); });
}

Result<CreatedApplication> AddClientSecret::attempt(const Admin& admin, ApplicationId application) {
    auto changed = TRY(application_of(ports_, admin, application));
    if (changed.is_public()) return Error{ErrorCode::invalidRequest, "a public client cannot keep a secret, so it gets none"};
    std::erase_if(changed.secrets, [&](const auto& secret) { return secret.expires_at <= admin.now; });
    if (changed.secrets.size() >= kClientSecretsMax) {
        return Error{ErrorCode::invalidRequest, fmt::format("an application has at most {} secrets", kClientSecretsMax)};
    }
    auto secret = new_client_secret(ports_, admin.now);
    changed.secrets.push_back(std::move(secret.kept));
    TRY(commit_act(ports_, admin, "AddClientSecret", {ApplicationSaved{changed}}));
    return CreatedApplication{std::move(changed), std::move(secret.text)};
}

Result<identity::Application> ConsentForAll::operator()(const Admin& admin, ApplicationId application, bool consents) {
    TRY(require(admin, Capability::manageApplications));
    return decide_again_on_conflict([&] { return attempt(admin, application, consents); });
}

Result<identity::Application> ConsentForAll::attempt(const Admin& admin, ApplicationId application, bool consents) {
    auto changed                 = TRY(application_of(ports_, admin, application));
    changed.is_consented_for_all = consents;
    TRY(commit_act(ports_, admin, consents ? "ConsentForAll" : "WithdrawConsentForAll", {ApplicationSaved{changed}}));
    return changed;
}

Result<identity::Application> DeleteApplication::operator()(const Admin& admin, ApplicationId application) {
    TRY(require(admin, Capability::manageApplications));
    auto found = TRY(application_of(ports_, admin, application));
    TRY(commit_act(ports_, admin, "DeleteApplication", {ApplicationDeleted{application}}));
    return found;
}

}  // namespace portcullis::app
