#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// What a person does to their own account, as one act under their own name. Errors: as Journal::commit.
Result<void> commit_own(Ports& ports, TenantId tenant, UserId owner, std::string name, std::vector<Change> changes, const RequestFacts& facts);

}  // namespace portcullis::app
