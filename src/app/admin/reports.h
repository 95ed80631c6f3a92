#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "app/ports/all.h"
#include "base/json.h"
#include "wire/detection_json.h"

/// What administrators read: rows of the store with the names that people know things by.
namespace portcullis::app {

/// The account that `name` says: an object id or a user principal name. Deleted users who had risk are found too, because
/// their risk stays listed (E25). Errors: notFound, unavailable.
Result<Account> find_account(const Ports& ports, TenantId tenant, std::string_view name);

/// Names of users, each read once.
class UserNamesOf {
public:
    UserNamesOf(const Ports& ports, TenantId tenant) : ports_(ports), tenant_(tenant) {}
    /// Empty names for a user who is gone. Errors: unavailable.
    Result<wire::UserNames> operator()(UserId user);

private:
    const Ports& ports_;
    TenantId tenant_;
    std::map<UserId, wire::UserNames> known_;
};

/// Graph `riskyUser`; a user who never was at risk stands at `none`. Errors: unavailable.
Result<json::object> risky_user_report(const Ports& ports, TenantId tenant, const Account& account);
/// That with `history`, newest first.
Result<json::object> risky_user_history_report(const Ports& ports, TenantId tenant, const Account& account);

/// Graph `signIn`: the record as it was written, with its risk as it stands now. Errors: unavailable when it is damaged.
Result<json::object> sign_in_report(const SignInRecord& record);

}  // namespace portcullis::app
