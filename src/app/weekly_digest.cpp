#include "app/weekly_digest.h"

#include <set>

#include "app/notices.h"
#include "app/tell_in_one_act.h"
#include "core/notices/schedule.h"

namespace portcullis::app {
namespace {

constexpr std::string_view kMark = "weeklyDigest";

std::vector<Detail> details_of(const RiskCounts& counts, std::int64_t administrators) {
    const auto text = [](std::int64_t number) { return std::to_string(number); };
    return {{"digest.users", "digest.by_level",
             {{"count", text(counts.high + counts.medium + counts.low)}, {"high", text(counts.high)}, {"medium", text(counts.medium)}, {"low", text(counts.low)}}},
            {"digest.sign_ins", "digest.count", {{"count", text(counts.sign_ins)}}},
            {"digest.open", "digest.count", {{"count", text(counts.users_at_risk)}}},
            {"digest.administrators", "digest.count", {{"count", text(administrators)}}},
            {"fact.list", "list.risky_users"},
            {"fact.list", "list.risky_sign_ins"}};
}

}  // namespace

Result<int> WeeklyDigest::operator()(Instant now) {
    return tell_every_tenant(TRY(ports_.tenants.all()), [&](const identity::Tenant& tenant) -> Result<int> {
        if (!tenant.settings.notices.sends_weekly_digest) return 0;
        return TRY(send(*TRY(ports_.tenants.snapshot(tenant.id)), now)) ? 1 : 0;
    });
}

Result<bool> WeeklyDigest::send(const TenantSnapshot& tenant, Instant now) {
    const auto id     = tenant.tenant.id;
    const auto& zone  = tenant.tenant.settings.notices.time_zone;
    const auto until  = notices::digest_moment(now, [&](Instant at) { return zones_.offset(zone, at).value_or(Duration{0}); });
    const auto last   = TRY(store_.told_at(id, kMark));
    if (!last) return begin(id, now);
    if (*last >= until && *last <= now) return false;

    const auto counts = TRY(store_.risk_counts(id, until - notices::kDigestSpan, until));
    const bool is_new = counts.high + counts.medium + counts.low + counts.sign_ins > 0;
    Told told{.notice = is_new ? Notice::weeklyDigest : Notice::quietWeek, .at = now, .from = nullptr, .words = {{"date", to_rfc3339(until - notices::kDigestSpan)}}, .other_addresses = {}};
    told.details = details_of(counts, TRY(administrators_at_risk(id)));
    Telling telling{.name = "SendWeeklyDigest", .marks = {NoticeMarked{std::string(kMark), last, now}}, .mails = {}};
    TRY(tell_administrators(telling.mails, ports_, tenant, {}, told));
    return tell_in_one_act(ports_, id, std::move(telling), now);
}

/// The weeks are counted from here; there is nobody to tell yet.
Result<bool> WeeklyDigest::begin(TenantId tenant, Instant now) {
    const auto begun = ports_.journal.commit({.tenant      = tenant,
                                              .id          = ports_.random.new_id<ActId>(now),
                                              .name        = "BeginWeeklyDigests",
                                              .by          = {.id = {}, .name = "notices"},
                                              .at          = now,
                                              .correlation = ports_.random.new_id<CorrelationId>(now),
                                              .changes     = {NoticeMarked{std::string(kMark), std::nullopt, now}}});
    if (!begun && begun.error().code != ErrorCode::conflict) return begun.error();
    return false;
}

/// Whoever takes over an administrator takes over more.
Result<std::int64_t> WeeklyDigest::administrators_at_risk(TenantId tenant) {
    std::set<UserId> seen;
    std::int64_t count = 0;
    for (const auto& holder : TRY(ports_.directory.role_holders(tenant))) {
        if (!seen.insert(holder.user.id).second) continue;
        const auto risk = TRY(ports_.detections.risky_user(tenant, holder.user.id));
        if (risk && is_active(risk->state)) ++count;
    }
    return count;
}

}  // namespace portcullis::app
