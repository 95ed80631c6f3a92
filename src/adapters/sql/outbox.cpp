#include "adapters/sql/outbox.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kDue = "SELECT tenant_id, id, due_at FROM outbox WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
// Only who moves the due time away from where it was read has the message.
constexpr std::string_view kClaim =
    "UPDATE outbox SET due_at = $4, attempts = attempts + 1 WHERE tenant_id = $1 AND id = $2 AND due_at = $3 "
    "RETURNING channel, recipient, subject, body, queued_at, attempts";
constexpr std::string_view kSent = "DELETE FROM outbox WHERE tenant_id = $1 AND id = $2";
constexpr std::string_view kLatest =
    "SELECT id, name, actor_kind, actor_id, actor_name, at, correlation_id, changes FROM audit WHERE tenant_id = $1 "
    "ORDER BY id DESC LIMIT $2";

}  // namespace

Result<std::vector<app::QueuedMessage>> SqlOutbox::claim(Instant now, Instant retry_at, int most) {
    std::vector<app::QueuedMessage> claimed;
    for (const auto& due : TRY(db_.query(kDue, {now, most}))) {
        const auto rows = TRY(db_.write_one({kClaim, {due.text(0), due.text(1), due.integer(2), retry_at}}));
        if (rows.empty()) continue;
        const auto row = rows.front();
        claimed.push_back({.tenant    = due.id<TenantId>(0).value_or(TenantId{}),
                           .message   = {.id      = due.id<MailId>(1).value_or(MailId{}),
                                         .channel = row.text(0),
                                         .to      = row.text(1),
                                         .subject = row.text(2),
                                         .text    = row.text(3)},
                           .queued_at = row.instant(4),
                           .attempts  = static_cast<int>(row.integer(5))});
    }
    return claimed;
}

Result<void> SqlOutbox::sent(const app::QueuedMessage& message) {
    TRY(db_.write_one({kSent, {message.tenant, message.message.id}}));
    return {};
}

Result<std::vector<app::AuditRecord>> SqlAuditLog::latest(TenantId tenant, int most) const {
    std::vector<app::AuditRecord> records;
    for (const auto& row : TRY(db_.query(kLatest, {tenant, most}))) {
        records.push_back({.tenant      = tenant,
                           .id          = row.id<ActId>(0).value_or(ActId{}),
                           .name        = row.text(1),
                           .actor_kind  = row.text(2),
                           .actor       = row.id<UserId>(3).value_or(UserId{}),
                           .actor_name  = row.text(4),
                           .at          = row.instant(5),
                           .correlation = row.id<CorrelationId>(6).value_or(CorrelationId{}),
                           .changes     = row.text(7)});
    }
    return records;
}

}  // namespace portcullis::sql
