#pragma once

#include "adapters/sql/db.h"
#include "app/ports/alerts.h"
#include "app/ports/risk_detections.h"

namespace portcullis::sql {

/// The active detections of one user: `$1` the tenant, `$2` the user.
std::string_view active_detections_of_user();
/// The detections in an answer. Errors: unavailable, when a document is damaged.
Result<std::vector<risk::RiskDetection>> detections_in(const Rows& rows);

class SqlRiskDetections : public app::RiskDetections {
public:
    explicit SqlRiskDetections(const Db& db) : db_(db) {}

    Result<app::RiskOfUser> of_user(TenantId tenant, UserId user, std::optional<SignInId> sign_in) const override;
    Result<std::vector<risk::RiskDetection>> detections(TenantId tenant, const app::DetectionQuery& query) const override;
    Result<std::optional<risk::RiskyUser>> risky_user(TenantId tenant, UserId user) const override;
    Result<std::vector<risk::RiskyUser>> risky_users(TenantId tenant, int most) const override;
    Result<std::vector<risk::RiskHistoryItem>> history(TenantId tenant, UserId user, int most) const override;

private:
    const Db& db_;
};

class SqlProfiles : public app::Profiles {
public:
    explicit SqlProfiles(const Db& db) : db_(db) {}
    Result<app::StoredProfile> of_user(TenantId tenant, UserId user) const override;
    Result<app::StoredPopulation> population(TenantId tenant) const override;

private:
    const Db& db_;
};

class SqlSignIns : public app::SignIns {
public:
    explicit SqlSignIns(const Db& db) : db_(db) {}
    Result<std::optional<app::SignInRecord>> sign_in(TenantId tenant, SignInId id) const override;
    Result<std::vector<app::SignInRecord>> sign_ins(TenantId tenant, const app::SignInQuery& query) const override;
    Result<std::vector<app::SignInRecord>> of_person(TenantId tenant, const app::OwnSignInQuery& query) const override;
    Result<std::vector<app::SignInRecord>> unusual_of_person(TenantId tenant, const app::OwnSignInQuery& query) const override;

private:
    const Db& db_;
};

class SqlAlerts : public app::Alerts {
public:
    explicit SqlAlerts(const Db& db) : db_(db) {}
    Result<std::vector<app::Alert>> of_user(TenantId tenant, const app::AlertQuery& query) const override;

private:
    const Db& db_;
};

}  // namespace portcullis::sql
