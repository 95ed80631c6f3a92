#include "app/tell_users_at_risk.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "app/notices.h"

namespace portcullis::app {
namespace {

constexpr int kUsersMost = 100;
constexpr RiskLevel kThreshold = RiskLevel::high;  // the reference's default (id-protection.md §5.5)
/// How long it is remembered what was told. Whoever has been at risk for longer without a change is not told of anew.
constexpr Duration kRemembered = std::chrono::days{30};
constexpr std::string_view kKey = "usersAtRisk|toldUntil";

std::optional<Instant> instant_in(std::string_view text) {
    std::int64_t ms = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), ms);
    return read.ec == std::errc() ? std::optional(from_unix_ms(ms)) : std::nullopt;
}

}  // namespace

Result<int> TellUsersAtRisk::operator()(Instant now) {
    int told = 0;
    for (const auto& tenant : TRY(ports_.tenants.all())) told += TRY(tell(*TRY(ports_.tenants.snapshot(tenant.id)), now));
    return told;
}

Result<int> TellUsersAtRisk::tell(const TenantSnapshot& tenant, Instant now) {
    const auto id    = tenant.tenant.id;
    const auto entry = TRY(ports_.flows.find(id, FlowKind::throttle, kKey, now));
    const auto until = entry ? instant_in(entry->value).value_or(now) : now - kRemembered;
    int count        = 0;
    auto newest      = until;
    for (const auto& user : TRY(ports_.detections.risky_users(id, kUsersMost))) {
        const bool is_told = user.last_updated_at <= until;
        if (is_told || user.is_deleted || user.level < kThreshold || !is_active(user.state)) continue;
        newest = std::max(newest, user.last_updated_at);
        ++count;
    }
    if (count == 0) return 0;
    // Claimed before it is told, so that of two nodes one tells.
    const auto claimed = ports_.flows.replace(id, FlowKind::throttle, kKey, entry ? entry->version : 0, std::to_string(unix_ms(newest)), now + kRemembered, now);
    if (!claimed && claimed.error().code == ErrorCode::conflict) return 0;
    TRY(claimed);
    std::vector<Change> changes;
    TRY(tell_administrators(changes, ports_, tenant, {},
                            {.notice = Notice::usersAtRisk, .at = now, .from = nullptr, .words = {{"count", std::to_string(count)}}, .other_addresses = {}}));
    if (changes.empty()) return 0;  // nobody has the role
    TRY(ports_.journal.commit({.tenant      = id,
                               .id          = ports_.random.new_id<ActId>(now),
                               .name        = "TellUsersAtRisk",
                               .by          = {.id = {}, .name = "notices"},
                               .at          = now,
                               .correlation = ports_.random.new_id<CorrelationId>(now),
                               .changes     = std::move(changes)}));
    return count;
}

}  // namespace portcullis::app
