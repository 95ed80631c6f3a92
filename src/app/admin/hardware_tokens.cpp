#include "app/admin/hardware_tokens.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/activate_token.h"
#include "app/add_totp.h"
#include "app/notices.h"
#include "app/reset_flow.h"

namespace portcullis::app {
namespace {

using identity::HardwareToken;
using identity::TokenStanding;

/// Errors: notFound, unavailable.
Result<HardwareToken> token_named(const Ports& ports, const Admin& admin, std::string_view serial_number) {
    auto token = TRY(ports.directory.token(admin.tenant, identity::serial_key(serial_number)));
    if (!token) return Error{ErrorCode::notFound, fmt::format("there is no hardware token `{}`", serial_number)};
    return std::move(*token);
}

Error stands_otherwise(const HardwareToken& token) {
    return {ErrorCode::conflict, fmt::format("the hardware token `{}` is {}", token.serial_number, to_string(standing_of(token)))};
}

/// Errors: forbidden.
Result<void> require_giver(const Admin& admin, const Account& owner) {
    TRY(require_other(admin, owner.user.id));
    return require_above(admin, owner);
}

Result<void> tell_owner(std::vector<Change>& changes, Ports& ports, const Admin& admin, const identity::User& owner, Notice notice) {
    const auto tenant = TRY(ports.tenants.snapshot(admin.tenant));
    const Words words{{"method", std::string(to_string(AuthMethod::hardwareOath))}};
    return add_notice(changes, ports, *tenant, owner, {.notice = notice, .at = admin.now, .from = nullptr, .words = words, .other_addresses = {}});
}

Result<void> assign(Ports& ports, const Admin& admin, std::string_view serial_number, UserId user) {
    const auto token   = TRY(token_named(ports, admin, serial_number));
    const auto account = TRY(present_account(ports, admin, user));
    TRY(require_giver(admin, account));
    if (standing_of(token) != TokenStanding::available) return stands_otherwise(token);
    const auto theirs  = TRY(ports.directory.tokens_of(admin.tenant, user));
    const auto waiting = std::ranges::count(theirs, TokenStanding::assigned, [](const auto& t) { return standing_of(t); });
    if (oath_count(account) + waiting >= kTotpMax) {
        return Error{ErrorCode::conflict, fmt::format("the user has {} authenticator apps and tokens, which is the most", kTotpMax)};
    }
    // The user's version moves with it, so that the limit is exact.
    return commit_act(ports, admin, "AssignToken", {UserChanged{account.user}, HardwareTokenAssigned{token.id, user, admin.now}});
}

Result<void> activate(Ports& ports, const Admin& admin, std::string_view serial_number, std::string_view code) {
    const auto token = TRY(token_named(ports, admin, serial_number));
    if (standing_of(token) != TokenStanding::assigned) return stands_otherwise(token);
    const auto account = TRY(present_account(ports, admin, *token.user));
    TRY(require_giver(admin, account));
    if (oath_count(account) >= kTotpMax) {
        return Error{ErrorCode::conflict, fmt::format("the user has {} authenticator apps and tokens, which is the most", kTotpMax)};
    }
    const auto tenant = TRY(ports.tenants.snapshot(admin.tenant));
    const auto shown  = TRY(VerifyTotp(ports).activates(*tenant, account.user.id, token, code, admin.now));
    const auto* proof = std::get_if<TokenProof>(&shown);
    if (!proof) return Error{ErrorCode::invalidRequest, "the token does not show this code now, or too many were wrong: wait for the next one"};
    auto changes = activation_of(ports, *tenant, account, token, *proof, admin.now);
    TRY(tell_owner(changes, ports, admin, account.user, Notice::methodAdded));
    return commit_act(ports, admin, "ActivateToken", std::move(changes));
}

Result<void> unassign(Ports& ports, const Admin& admin, std::string_view serial_number) {
    const auto token = TRY(token_named(ports, admin, serial_number));
    if (standing_of(token) == TokenStanding::available) return stands_otherwise(token);
    const auto account = TRY(any_account(ports, admin, *token.user));  // somebody deleted gives it back too
    TRY(require_above(admin, account));
    std::vector<Change> changes;
    if (token.method) changes.emplace_back(MethodRemoved{account.user.id, *token.method});
    else changes.emplace_back(HardwareTokenUnassigned{token.id, account.user.id});
    if (token.method && !account.user.deleted_at) TRY(tell_owner(changes, ports, admin, account.user, Notice::methodRemoved));
    TRY(commit_act(ports, admin, "UnassignToken", std::move(changes)));
    return token.method ? end_resets(ports, admin.tenant, account.user.id, admin.now) : Result<void>{};
}

}  // namespace

Result<std::vector<ListedToken>> list_tokens(const Ports& ports, const Admin& admin, const TokenPage& page) {
    TRY(require(admin, Capability::resetMethods));
    return ports.directory.tokens(admin.tenant, page);
}

Result<void> AssignToken::operator()(const Admin& admin, std::string_view serial_number, UserId user) {
    TRY(require(admin, Capability::resetMethods));
    return decide_again_on_conflict([&] { return assign(ports_, admin, serial_number, user); });
}

Result<void> ActivateTokenFor::operator()(const Admin& admin, std::string_view serial_number, std::string_view code) {
    TRY(require(admin, Capability::resetMethods));
    return activate(ports_, admin, serial_number, code);  // once: a code is tried once
}

Result<void> UnassignToken::operator()(const Admin& admin, std::string_view serial_number) {
    TRY(require(admin, Capability::resetMethods));
    return decide_again_on_conflict([&] { return unassign(ports_, admin, serial_number); });
}

Result<void> DeleteToken::operator()(const Admin& admin, std::string_view serial_number) {
    TRY(require(admin, Capability::resetMethods));
    const auto token = TRY(token_named(ports_, admin, serial_number));
    if (standing_of(token) != TokenStanding::available) return stands_otherwise(token);
    return commit_act(ports_, admin, "DeleteToken", {HardwareTokenDeleted{token.id}});
}

}  // namespace portcullis::app
