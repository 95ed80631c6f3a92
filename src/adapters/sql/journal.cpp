#include "adapters/sql/journal.h"

#include "adapters/sql/apply.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kMoveVersion = "UPDATE tenants SET version = version + 1 WHERE id = $1";
constexpr std::string_view kAudit =
    "INSERT INTO audit (tenant_id, id, name, actor_kind, actor_id, actor_name, at, correlation_id, changes) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

}  // namespace

Result<void> SqlJournal::commit(const app::Act& act) {
    if (act.changes.empty()) return {};
    auto applied = apply(act);
    if (applied.moves_configuration) applied.statements.push_back({kMoveVersion, {act.tenant}, Expect::one});
    applied.statements.push_back({kAudit,
                                  {act.tenant, act.id, act.name, risk::to_string(act.by.kind), act.by.id, act.by.name, act.at,
                                   act.correlation, json::to_text(applied.audit)},
                                  Expect::one});
    TRY(db_.write(std::move(applied.statements)));
    return {};
}

}  // namespace portcullis::sql
