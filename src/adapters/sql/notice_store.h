#pragma once

#include "adapters/sql/db.h"
#include "app/ports/notice_store.h"

namespace portcullis::sql {

class SqlNoticeStore : public app::NoticeStore {
public:
    explicit SqlNoticeStore(const Db& db) : db_(db) {}
    Result<std::optional<Instant>> told_at(TenantId tenant, std::string_view kind) const override;
    Result<std::vector<app::RiskAlert>> risk_alerts(TenantId tenant, const app::RiskAlertQuery& query) const override;
    Result<app::RiskCounts> risk_counts(TenantId tenant, Instant since, Instant until) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
