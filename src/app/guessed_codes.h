#pragma once

#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// What tells a person that `kFactorAlertFailures` wrong codes in a row came in their name (credentials.md §13). `from`: whose request it
/// was; null: nobody's. Errors: as add_notice.
Result<std::vector<Change>> guessed_codes_notice(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const RequestFacts* from, Instant at);

}  // namespace portcullis::app
