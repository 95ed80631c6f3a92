#pragma once

#include "adapters/sql/db.h"
#include "app/ports/outbox.h"

namespace portcullis::sql {

/// Outbox over the Db seam; who claims and who lets go is decided by one conditional statement, so it is exact across nodes.
class SqlOutbox : public app::Outbox {
public:
    explicit SqlOutbox(Db& db) : db_(db) {}
    Result<std::optional<app::QueuedMessage>> claim(std::string_view channel, Instant now, Instant until) override;
    Result<void> sent(const app::QueuedMessage& message) override;
    Result<void> put_off(const app::QueuedMessage& message, Instant due, std::string_view because) override;
    Result<void> give_up(const app::QueuedMessage& message, Instant now, std::string_view because) override;
    Result<std::int64_t> give_up_overdue(Instant now, Instant queued_before) override;
    Result<std::int64_t> forget_dead(Instant before) override;
    Result<app::OutboxCounts> counts() const override;
    Result<std::vector<app::OutboxEntry>> latest(TenantId tenant, int most) const override;

private:
    Db& db_;
};

class SqlAuditLog : public app::AuditLog {
public:
    explicit SqlAuditLog(const Db& db) : db_(db) {}
    Result<std::vector<app::AuditRecord>> latest(TenantId tenant, const app::AuditQuery& query) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
