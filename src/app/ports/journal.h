#pragma once

#include "app/ports/change.h"
#include "base/result.h"

namespace portcullis::app {

/// The only door to durable state.
class Journal {
public:
    virtual ~Journal() = default;

    /// Stores every change of `act`, its audit record and what it does to flow state in one transaction, or nothing; returns when it
    /// is durable. Errors: conflict when a changed row or flow entry moved under us (re-read, decide again); unavailable.
    virtual Result<void> commit(const Act& act) = 0;
};

}  // namespace portcullis::app
