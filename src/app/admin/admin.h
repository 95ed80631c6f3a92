#pragma once

#include <string>
#include <variant>
#include <vector>

#include "app/admin/capability.h"
#include "app/decide_again.h"
#include "app/ports/all.h"

namespace portcullis::app {

/// The command line of the installation itself: whoever may run it can read and write the store, so it may do everything.
struct CommandLine {};
/// The directory roles of an administrator who signed in.
using AdminRoles = std::vector<identity::DirectoryRole>;
using Authority  = std::variant<AdminRoles, CommandLine>;

/// Who administers a tenant, by what authority, and when. Without roles nothing is allowed.
struct Admin {
    TenantId tenant;
    Actor actor;
    Authority authority;
    CorrelationId correlation;
    Instant now{};
};

/// Errors: forbidden unless the administrator's authority allows it.
Result<void> require(const Admin& admin, Capability capability);
/// Nobody closes their own risk (id-protection.md §6), or gives themselves a way in (credentials.md §6.6). Errors: forbidden.
Result<void> require_other(const Admin& admin, UserId user);
/// The password, methods and sessions of somebody with a directory role are a Global Administrator's to change
/// (id-protection.md §6). Errors: forbidden.
Result<void> require_above(const Admin& admin, const Account& target);

/// The account, deleted ones too. Errors: notFound, unavailable.
Result<Account> any_account(const Ports& ports, const Admin& admin, UserId user);
/// The account. Errors: notFound, unavailable; conflict when it is deleted.
Result<Account> present_account(const Ports& ports, const Admin& admin, UserId user);

/// Who did it, as risk history shows it: the account's id, or the name of an actor without one.
std::string initiated_by(const Admin& admin);

/// Commits the changes as one act of the administrator; nothing at all when there are none. Errors: conflict, unavailable.
Result<void> commit_act(Ports& ports, const Admin& admin, std::string name, std::vector<Change> changes);

}  // namespace portcullis::app
