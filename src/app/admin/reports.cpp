#include "app/admin/reports.h"

#include <fmt/format.h>

namespace portcullis::app {
namespace {

constexpr int kRiskyUsersMax = 10'000;
constexpr int kHistoryMax    = 1000;

wire::UserNames names_in(const Account& account) { return {account.user.display_name, account.user.user_principal_name}; }

/// A deleted user whose risk is still listed.
Result<std::optional<Account>> deleted_account(const Ports& ports, TenantId tenant, const std::string& upn_key) {
    for (const auto& risky : TRY(ports.detections.risky_users(tenant, kRiskyUsersMax))) {
        if (!risky.is_deleted) continue;
        auto account = TRY(ports.directory.account(tenant, risky.user));
        if (account && ports.text.upn_key(account->user.user_principal_name) == upn_key) return account;
    }
    return std::optional<Account>{};
}

}  // namespace

Result<Account> find_account(const Ports& ports, TenantId tenant, std::string_view name) {
    const Error missing{ErrorCode::notFound, fmt::format("there is no user `{}`", name)};
    if (const auto id = parse_id<UserId>(name)) {
        auto account = TRY(ports.directory.account(tenant, *id));
        if (!account) return missing;
        return std::move(*account);
    }
    const auto key = ports.text.upn_key(name);
    if (!key) return missing;
    auto account = TRY(ports.directory.account_named(tenant, *key));
    if (!account) account = TRY(deleted_account(ports, tenant, *key));
    if (!account) return missing;
    return std::move(*account);
}

Result<wire::UserNames> UserNamesOf::operator()(UserId user) {
    const auto known = known_.find(user);
    if (known != known_.end()) return known->second;
    const auto account = TRY(ports_.directory.account(tenant_, user));
    return known_[user] = account ? names_in(*account) : wire::UserNames{};
}

Result<json::object> risky_user_report(const Ports& ports, TenantId tenant, const Account& account) {
    auto stands = TRY(ports.detections.risky_user(tenant, account.user.id));
    if (!stands) stands = risk::RiskyUser{.user = account.user.id, .last_updated_at = account.user.created_at};
    return wire::to_graph(*stands, names_in(account));
}

Result<json::object> risky_user_history_report(const Ports& ports, TenantId tenant, const Account& account) {
    auto report = TRY(risky_user_report(ports, tenant, account));
    json::array history;
    for (const auto& item : TRY(ports.detections.history(tenant, account.user.id, kHistoryMax))) {
        history.push_back(wire::to_graph(item, names_in(account)));
    }
    report["history"] = std::move(history);
    return report;
}

Result<json::object> sign_in_report(const SignInRecord& record) {
    auto document = json::parse_object(record.document, {.bytes_max = std::size_t{1} << 20, .depth_max = 32});
    if (!document) return Error{ErrorCode::unavailable, fmt::format("the record of sign-in `{}` is damaged", to_string(record.id))};
    auto report                   = std::move(document).value();
    report["riskLevelAggregated"] = to_string(record.risk_level_aggregated);
    report["riskState"]           = to_string(record.risk_state);
    report["riskDetail"]          = to_string(record.risk_detail);
    return report;
}

}  // namespace portcullis::app
