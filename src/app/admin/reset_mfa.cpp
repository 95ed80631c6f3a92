#include "app/admin/reset_mfa.h"

#include "app/guest_codes.h"
#include "app/notices.h"

namespace portcullis::app {
namespace {

bool is_kept(AuthMethod kind) {
    switch (kind) {
        case AuthMethod::passkeySynced:
        case AuthMethod::passkeyDeviceBound:
        case AuthMethod::passkeyHardware:
        case AuthMethod::x509Certificate:
        case AuthMethod::kerberos:             return true;
        case AuthMethod::password:
        case AuthMethod::softwareOath:
        case AuthMethod::hardwareOath:
        case AuthMethod::email:
        case AuthMethod::sms:
        case AuthMethod::voice:
        case AuthMethod::push:
        case AuthMethod::temporaryAccessPass:
        case AuthMethod::recoveryCode:
        case AuthMethod::externalMethod:
        case AuthMethod::federated:
        case AuthMethod::federatedMultiFactor: return false;
    }
    return false;
}

}  // namespace

Result<void> ResetMfa::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::resetMethods));
    TRY(decide_again_on_conflict([&] { return attempt(admin, user); }));
    // Wrong codes of the methods that are gone do not count against the next one.
    TRY(ports_.flows.erase(admin.tenant, FlowKind::factorTries, to_string(user) + "|totp"));
    TRY(ports_.flows.erase(admin.tenant, FlowKind::factorTries, to_string(user) + "|token"));
    return ports_.flows.erase(admin.tenant, FlowKind::factorTries, to_string(user) + "|registration");
}

Result<void> ResetMfa::attempt(const Admin& admin, UserId user) {
    auto account      = TRY(present_account(ports_, admin, user));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    TRY(require_above(admin, account));
    std::vector<Change> changes;
    std::vector<AuthMethod> removed;
    for (const auto& method : account.methods) {
        if (is_kept(method.kind) || is_way_in(*tenant, account, method)) continue;
        // The token stays its owner's, to be proven anew (credentials.md §14).
        if (method.token) changes.push_back(HardwareTokenDeactivated{user, method.id});
        changes.push_back(MethodRemoved{user, method.id});
        removed.push_back(method.kind);
    }
    if (changes.empty() && !account.user.mfa_registration_deadline) return {};
    account.user.mfa_registration_deadline = std::nullopt;
    changes.push_back(UserChanged{account.user});
    changes.push_back(SessionsRevoked{user, admin.now, "MFA must be registered again"});
    for (const auto kind : removed) {
        const Words words{{"method", std::string(to_string(kind))}};
        TRY(add_notice(changes, ports_, *tenant, account.user, {.notice = Notice::methodRemoved, .at = admin.now, .from = nullptr, .words = words, .other_addresses = {}}));
    }
    return commit_act(ports_, admin, "ResetMfa", std::move(changes));
}

}  // namespace portcullis::app
