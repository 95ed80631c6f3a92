#include "adapters/sql/outbox.h"

namespace portcullis::sql {
namespace {

/// Candidates looked at before somebody who is slower than all other nodes looks again.
constexpr int kCandidates = 16;

constexpr std::string_view kDue =
    "SELECT tenant_id, id, due_at FROM outbox WHERE state = 'waiting' AND channel = $1 AND due_at <= $2 "
    "AND (expires_at IS NULL OR expires_at > $3) ORDER BY due_at, id LIMIT $4";
// Only who moves the due time away from where it was read has the message.
constexpr std::string_view kClaim =
    "UPDATE outbox SET due_at = $4, attempts = attempts + 1, is_claimed = 1 "
    "WHERE tenant_id = $1 AND id = $2 AND due_at = $3 AND state = 'waiting' "
    "RETURNING channel, recipient, subject, body, html, is_sealed, expires_at, queued_at, attempts";
// What went out is gone, whoever thinks to have it now.
constexpr std::string_view kSent = "DELETE FROM outbox WHERE tenant_id = $1 AND id = $2";
// The count of attempts tells whether the claim is still ours.
constexpr std::string_view kPutOff =
    "UPDATE outbox SET due_at = $4, because = $5, is_claimed = 0 "
    "WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'";
constexpr std::string_view kGiveUp =
    "UPDATE outbox SET state = 'dead', due_at = $4, because = $5, is_claimed = 0, subject = '', body = '', html = '' "
    "WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state = 'waiting'";
constexpr std::string_view kGiveUpOverdue =
    "UPDATE outbox SET state = 'dead', due_at = $1, is_claimed = 0, subject = '', body = '', html = '', "
    "because = CASE WHEN because <> '' THEN because WHEN attempts = 0 THEN 'never tried' ELSE 'no answer' END "
    "WHERE state = 'waiting' AND (is_claimed = 0 OR due_at <= $2) AND (expires_at <= $3 OR queued_at < $4)";
constexpr std::string_view kForgetDead = "DELETE FROM outbox WHERE state = 'dead' AND due_at < $1";
constexpr std::string_view kCounts     = "SELECT state, COUNT(*), MIN(queued_at) FROM outbox GROUP BY state";
constexpr std::string_view kEntries =
    "SELECT id, channel, recipient, state, attempts, queued_at, due_at, because FROM outbox WHERE tenant_id = $1 "
    "ORDER BY id DESC LIMIT $2";
constexpr std::string_view kActs =
    "SELECT id, name, actor_kind, actor_id, actor_name, at, correlation_id, changes FROM audit WHERE tenant_id = $1 "
    "AND ($2 = '' OR actor_id = $2 OR changes LIKE '%' || $2 || '%') AND ($3 = '' OR name = $3) ORDER BY id DESC LIMIT $4";

app::QueuedMessage claimed(const Row& due, const Row& row, Instant until) {
    return {.tenant        = due.id<TenantId>(0).value_or(TenantId{}),
            .message       = {.id         = due.id<MailId>(1).value_or(MailId{}),
                              .channel    = row.text(0),
                              .to         = row.text(1),
                              .subject    = row.text(2),
                              .text       = row.text(3),
                              .html       = row.text(4),
                              .expires_at = row.maybe_instant(6),
                              .is_sealed  = row.flag(5)},
            .queued_at     = row.instant(7),
            .attempts      = static_cast<int>(row.integer(8)),
            .claimed_until = until};
}

}  // namespace

Result<std::optional<app::QueuedMessage>> SqlOutbox::claim(std::string_view channel, Instant now, Instant until) {
    for (const auto& due : TRY(db_.query(kDue, {channel, now, now, kCandidates}))) {
        const auto rows = TRY(db_.write_one({kClaim, {due.text(0), due.text(1), due.integer(2), until}}));
        if (!rows.empty()) return std::optional(claimed(due, rows.front(), until));
    }
    return std::optional<app::QueuedMessage>{};
}

Result<void> SqlOutbox::sent(const app::QueuedMessage& message) {
    TRY(db_.write_one({kSent, {message.tenant, message.message.id}}));
    return {};
}

Result<void> SqlOutbox::put_off(const app::QueuedMessage& message, Instant due, std::string_view because) {
    TRY(db_.write_one({kPutOff, {message.tenant, message.message.id, message.attempts, due, because}}));
    return {};
}

Result<void> SqlOutbox::give_up(const app::QueuedMessage& message, Instant now, std::string_view because) {
    TRY(db_.write_one({kGiveUp, {message.tenant, message.message.id, message.attempts, now, because}}));
    return {};
}

Result<std::int64_t> SqlOutbox::give_up_overdue(Instant now, Instant queued_before) {
    return TRY(db_.write_one({kGiveUpOverdue, {now, now, now, queued_before}})).affected();
}

Result<std::int64_t> SqlOutbox::forget_dead(Instant before) { return TRY(db_.write_one({kForgetDead, {before}})).affected(); }

Result<app::OutboxCounts> SqlOutbox::counts() const {
    app::OutboxCounts counts;
    for (const auto& row : TRY(db_.query(kCounts))) {
        const bool is_dead = row.text(0) == "dead";
        (is_dead ? counts.dead : counts.waiting) = row.integer(1);
        if (!is_dead) counts.oldest_waiting = row.maybe_instant(2);
    }
    return counts;
}

Result<std::vector<app::OutboxEntry>> SqlOutbox::latest(TenantId tenant, int most) const {
    std::vector<app::OutboxEntry> entries;
    for (const auto& row : TRY(db_.query(kEntries, {tenant, most}))) {
        entries.push_back({.id        = row.id<MailId>(0).value_or(MailId{}),
                           .channel   = row.text(1),
                           .to        = row.text(2),
                           .is_dead   = row.text(3) == "dead",
                           .attempts  = static_cast<int>(row.integer(4)),
                           .queued_at = row.instant(5),
                           .due_at    = row.instant(6),
                           .because   = row.text(7)});
    }
    return entries;
}

Result<std::vector<app::AuditRecord>> SqlAuditLog::latest(TenantId tenant, const app::AuditQuery& query) const {
    const auto about = query.about ? to_string(*query.about) : std::string();
    std::vector<app::AuditRecord> records;
    for (const auto& row : TRY(db_.query(kActs, {tenant, about, query.name, query.most}))) {
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
