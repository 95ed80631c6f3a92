#include "app/tell_users_at_risk.h"

#include <chrono>

#include "app/notices.h"
#include "app/tell_in_one_act.h"
#include "core/notices/schedule.h"

namespace portcullis::app {
namespace {

constexpr int kUsersMost = 100;
/// Whoever could not be told of for so long is told of only while still at risk.
constexpr Duration kNews = std::chrono::hours{24};
constexpr std::string_view kMark = "usersAtRisk";

}  // namespace

Result<int> TellUsersAtRisk::operator()(Instant now) {
    return tell_every_tenant(TRY(ports_.tenants.all()), [&](const identity::Tenant& tenant) -> Result<int> {
        if (!tenant.settings.notices.tells_users_at_risk) return 0;
        return tell(*TRY(ports_.tenants.snapshot(tenant.id)), now);
    });
}

Result<int> TellUsersAtRisk::tell(const TenantSnapshot& tenant, Instant now) {
    const auto id   = tenant.tenant.id;
    const auto last = TRY(store_.told_at(id, kMark));
    if (last && !notices::is_due(*last, notices::kRiskMailEvery, now)) return 0;
    auto alerts = TRY(store_.risk_alerts(id, {.least = tenant.tenant.settings.notices.risk_threshold, .since = now - kNews, .most = kUsersMost}));
    if (alerts.empty()) return 0;

    const auto count = static_cast<int>(alerts.size());
    Told told{.notice = Notice::usersAtRisk, .at = now, .from = nullptr, .words = {{"count", std::to_string(count)}}, .other_addresses = {}};
    told.details = {{"fact.list", "list.risky_users"}};
    Telling telling{.name = "TellUsersAtRisk", .marks = {NoticeMarked{std::string(kMark), last, now}, RiskAlertsTold{std::move(alerts)}}, .mails = {}};
    TRY(tell_administrators(telling.mails, ports_, tenant, {}, told));
    return TRY(tell_in_one_act(ports_, id, std::move(telling), now)) ? count : 0;
}

}  // namespace portcullis::app
