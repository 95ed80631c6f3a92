#pragma once

#include <vector>

#include "adapters/sql/db.h"
#include "app/ports/change.h"
#include "base/json.h"

namespace portcullis::sql {

/// What an act comes to: statements for the state, and what the audit log says of each change.
struct Applied {
    std::vector<Statement> statements;
    json::array audit;
    bool moves_configuration = false;  // Tenant::version must move too
};

Applied apply(const app::Act& act);

}  // namespace portcullis::sql
