#pragma once

#include "adapters/sql/db.h"
#include "app/ports/outbox.h"

namespace portcullis::sql {

class SqlOutbox : public app::Outbox {
public:
    explicit SqlOutbox(Db& db) : db_(db) {}
    Result<std::vector<app::QueuedMessage>> claim(Instant now, Instant retry_at, int most) override;
    Result<void> sent(const app::QueuedMessage& message) override;

private:
    Db& db_;
};

class SqlAuditLog : public app::AuditLog {
public:
    explicit SqlAuditLog(const Db& db) : db_(db) {}
    Result<std::vector<app::AuditRecord>> latest(TenantId tenant, int most) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
