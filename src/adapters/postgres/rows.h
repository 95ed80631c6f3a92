#pragma once

#include <libpq-fe.h>

#include "adapters/sql/db.h"

namespace portcullis::postgres {

/// The rows of a successful result and how many it affected. Booleans become 0 and 1; `numeric`, as SUM of BIGINT
/// yields it, becomes an integer when it is one; types outside of our subset become text.
Result<sql::Rows> rows_of(const PGresult* result);

}  // namespace portcullis::postgres
