#include "app/admin/admin.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::app {
namespace {

bool is_global_administrator(const Admin& admin) {
    const auto* roles = std::get_if<AdminRoles>(&admin.authority);
    return !roles || std::ranges::find(*roles, identity::DirectoryRole::globalAdministrator) != roles->end();
}

}  // namespace

Result<void> require(const Admin& admin, Capability capability) {
    const auto* roles = std::get_if<AdminRoles>(&admin.authority);
    if (!roles || is_allowed(*roles, capability)) return {};
    return Error{ErrorCode::forbidden, fmt::format("none of the administrator's roles allows to {}", to_string(capability))};
}

Result<void> require_other(const Admin& admin, UserId user) {
    if (admin.actor.id.is_nil() || admin.actor.id != user) return {};
    return Error{ErrorCode::forbidden, "no administrator may do this to their own account: ask another one"};
}

Result<void> require_above(const Admin& admin, const Account& target) {
    if (target.roles.empty() || is_global_administrator(admin)) return {};
    return Error{ErrorCode::forbidden, "the user holds a directory role: only a Global Administrator may do this"};
}

Result<Account> any_account(const Ports& ports, const Admin& admin, UserId user) {
    auto account = TRY(ports.directory.account(admin.tenant, user));
    if (!account) return Error{ErrorCode::notFound, fmt::format("there is no user `{}`", to_string(user))};
    return std::move(*account);
}

Result<Account> present_account(const Ports& ports, const Admin& admin, UserId user) {
    auto account = TRY(any_account(ports, admin, user));
    if (account.user.deleted_at) return Error{ErrorCode::conflict, fmt::format("the user `{}` is deleted", to_string(user))};
    return account;
}

std::string initiated_by(const Admin& admin) {
    return admin.actor.id.is_nil() ? admin.actor.name : to_string(admin.actor.id);
}

Result<void> commit_act(Ports& ports, const Admin& admin, std::string name, std::vector<Change> changes) {
    if (changes.empty()) return {};
    return ports.journal.commit({.tenant      = admin.tenant,
                                 .id          = ports.random.new_id<ActId>(admin.now),
                                 .name        = std::move(name),
                                 .by          = admin.actor,
                                 .at          = admin.now,
                                 .correlation = admin.correlation,
                                 .changes     = std::move(changes)});
}

}  // namespace portcullis::app
