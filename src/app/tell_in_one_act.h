#pragma once

#include <string>
#include <vector>

#include "app/ports/all.h"

namespace portcullis::app {

/// What a job tells administrators at once, beside what marks it as told.
struct Telling {
    std::string name;  // of the act
    std::vector<Change> marks, mails;
};

/// Stores both in one act of the system. False, and nothing is stored, when there is nobody to write to, or when another node was faster.
/// Errors: unavailable.
Result<bool> tell_in_one_act(Ports& ports, TenantId tenant, Telling telling, Instant now);

}  // namespace portcullis::app
