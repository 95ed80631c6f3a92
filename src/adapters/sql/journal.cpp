#include "adapters/sql/journal.h"

#include "adapters/sql/apply.h"
#include "adapters/sql/flow_store.h"

namespace portcullis::sql {
namespace {

constexpr std::string_view kMoveVersion = "UPDATE tenants SET version = version + 1 WHERE id = $1";
constexpr std::string_view kAudit =
    "INSERT INTO audit (tenant_id, id, name, actor_kind, actor_id, actor_name, at, correlation_id, changes) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

void add_changes(std::vector<Statement>& statements, const app::Act& act) {
    auto applied = apply(act);
    statements.insert(statements.end(), std::make_move_iterator(applied.statements.begin()), std::make_move_iterator(applied.statements.end()));
    if (applied.moves_configuration) statements.push_back({kMoveVersion, {act.tenant}, Expect::one});
    statements.push_back({kAudit,
                          {act.tenant, act.id, act.name, risk::to_string(act.by.kind), act.by.id, act.by.name, act.at, act.correlation,
                           json::to_text(applied.audit)},
                          Expect::one});
}

}  // namespace

Result<void> SqlJournal::commit(const app::Act& act) {
    if (act.changes.empty() && act.flows.empty()) return {};
    std::vector<Statement> statements;
    statements.reserve(act.flows.size() + 2 * act.changes.size() + 2);
    for (const auto& write : act.flows) statements.push_back(statement_of(act.tenant, write, act.at));
    if (!act.changes.empty()) add_changes(statements, act);
    TRY(db_.write(std::move(statements)));
    return {};
}

}  // namespace portcullis::sql
