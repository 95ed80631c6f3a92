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

/// Runs `tell` for every tenant and adds up what it told; the trouble of one keeps nothing from the others. Errors: the first, at the end.
template <typename Tell>
Result<int> tell_every_tenant(const std::vector<identity::Tenant>& tenants, const Tell& tell) {
    int told = 0;
    std::optional<Error> first;
    for (const auto& tenant : tenants) {
        const Result<int> of_one = tell(tenant);
        if (of_one) told += *of_one;
        else if (!first) first = of_one.error();
    }
    if (first) return *first;
    return told;
}

}  // namespace portcullis::app
