#include "app/admin/risk_case.h"

#include <fmt/format.h>

#include <algorithm>

namespace portcullis::app {
namespace {

risk::UserLife life_of(const Account& account) {
    return account.user.deleted_at ? risk::UserLife::deleted : risk::UserLife::present;
}

}  // namespace

risk::Happening said_by(const Admin& admin, risk::RiskEvent event, risk::Target target) {
    return {.event = event, .by = admin.actor.kind, .target = target, .at = admin.now, .met = {}};
}

Result<UserCase> open_user_case(Ports& ports, const Admin& admin, UserId user) {
    auto account = TRY(any_account(ports, admin, user));
    risk::Target target{.user = user, .life = life_of(account)};
    auto book = TRY(RiskChanges::read(ports, admin.tenant, user, std::nullopt));
    return UserCase{std::move(account), target, std::move(book)};
}

bool SignInCase::has(RiskState state) const {
    return std::ranges::any_of(book.detections(), [&](const auto& d) { return d.sign_in == record.id && d.state == state; });
}

bool SignInCase::has_detections() const {
    return std::ranges::any_of(book.detections(), [&](const auto& d) { return d.sign_in == record.id; });
}

Result<SignInCase> open_sign_in_case(Ports& ports, const Admin& admin, SignInId sign_in) {
    auto record = TRY(ports.sign_ins.sign_in(admin.tenant, sign_in));
    if (!record) return Error{ErrorCode::notFound, fmt::format("there is no sign-in `{}`", to_string(sign_in))};
    if (record->user.is_nil()) return Error{ErrorCode::conflict, "the sign-in is nobody's: the name that was typed belongs to no user"};
    const auto account = TRY(any_account(ports, admin, record->user));
    risk::Target target{.user = record->user, .sign_in = sign_in, .life = life_of(account)};
    auto book = TRY(RiskChanges::read(ports, admin.tenant, record->user, sign_in));
    return SignInCase{std::move(*record), target, std::move(book)};
}

Result<std::vector<Change>> changes_of(Ports& ports, const Admin& admin, SignInCase& open) {
    const risk::SignInRisk before{open.record.risk_level_aggregated, open.record.risk_state, open.record.risk_detail};
    const auto after = open.book.sign_in_risk(before);
    auto changes     = TRY(open.book.changes(ports, admin.now));
    if (!changes.empty()) changes.push_back(SignInRiskChanged{open.record.id, after});
    return changes;
}

}  // namespace portcullis::app
