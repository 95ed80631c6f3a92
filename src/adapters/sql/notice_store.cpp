#include "adapters/sql/notice_store.h"

#include <array>

#include "base/id_at.h"

namespace portcullis::sql {
namespace {

#define PORTCULLIS_RANK "CASE level WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
constexpr std::string_view kToldAt = "SELECT told_at FROM notice_marks WHERE tenant_id = $1 AND kind = $2";
// What nobody could be told of for long is told as long as it is true.
constexpr std::string_view kAlerts =
    "SELECT user_id, level, activity_at, told_activity_at FROM risk_alerts WHERE tenant_id = $1 AND activity_at > told_activity_at AND level >= $2 "
    "AND (raised_at >= $3 OR user_id IN (SELECT user_id FROM risky_users WHERE tenant_id = $1 AND is_deleted = 0 "
    "AND state IN ('atRisk', 'confirmedCompromised') AND " PORTCULLIS_RANK " >= $2)) ORDER BY activity_at, user_id LIMIT $4";
constexpr std::string_view kUsersByLevel =
    "SELECT highest, COUNT(*) FROM (SELECT user_id, MAX(" PORTCULLIS_RANK ") AS highest FROM risk_detections "
    "WHERE tenant_id = $1 AND detected_at >= $2 AND detected_at < $3 GROUP BY user_id) AS risen GROUP BY highest";
// A sign-in that had risk when it was made has a state for ever (E02); that is what the index holds.
constexpr std::string_view kSignIns =
    "SELECT COUNT(*) FROM sign_ins WHERE tenant_id = $1 AND id >= $2 AND id < $3 AND risk_state <> 'none' AND risk_level_during_sign_in <> 'none'";
constexpr std::string_view kAtRisk =
    "SELECT COUNT(*) FROM risky_users WHERE tenant_id = $1 AND is_deleted = 0 AND state IN ('atRisk', 'confirmedCompromised')";
#undef PORTCULLIS_RANK

/// A level we wrote as a number ourselves: what is not one is damage, and risk is never guessed from damage.
Result<RiskLevel> level_of(std::int64_t rank) {
    if (rank < 1 || rank > static_cast<int>(RiskLevel::high)) return Error{ErrorCode::unavailable, "a value of `risk_alerts.level` is damaged"};
    return static_cast<RiskLevel>(rank);
}

}  // namespace

Result<std::optional<Instant>> SqlNoticeStore::told_at(TenantId tenant, std::string_view kind) const {
    const auto rows = TRY(db_.query(kToldAt, {tenant, kind}));
    return rows.empty() ? std::optional<Instant>{} : std::optional(rows.front().instant(0));
}

Result<std::vector<app::RiskAlert>> SqlNoticeStore::risk_alerts(TenantId tenant, const app::RiskAlertQuery& query) const {
    std::vector<app::RiskAlert> alerts;
    for (const auto& row : TRY(db_.query(kAlerts, {tenant, static_cast<int>(query.least), query.since, query.most}))) {
        app::RiskAlert alert{.user = row.id<UserId>(0).value_or(UserId{}), .level = {}, .activity_at = row.instant(2), .told_activity_at = row.instant(3)};
        alert.level = TRY(level_of(row.integer(1)));
        alerts.push_back(alert);
    }
    return alerts;
}

Result<app::RiskCounts> SqlNoticeStore::risk_counts(TenantId tenant, Instant since, Instant until) const {
    const std::array<Value, 3> span{tenant, since, until};
    const std::array<Value, 3> ids{tenant, first_id_at<SignInId>(since), first_id_at<SignInId>(until)};
    const auto answers = TRY(db_.read({{kUsersByLevel, span}, {kSignIns, ids}, {kAtRisk, std::span(span).first(1)}}));
    app::RiskCounts counts;
    for (const auto& row : answers[0]) {
        const auto level = TRY(level_of(row.integer(0)));
        (level == RiskLevel::high ? counts.high : level == RiskLevel::medium ? counts.medium : counts.low) = row.integer(1);
    }
    counts.sign_ins      = answers[1].front().integer(0);
    counts.users_at_risk = answers[2].front().integer(0);
    return counts;
}

}  // namespace portcullis::sql
