#pragma once

#include <memory>

#include "app/ports/clock.h"
#include "app/ports/outbox.h"
#include "jobs/delivery.h"
#include "main/config.h"

namespace portcullis::program {

/// The ways out that a configuration names.
struct WaysOut {
    std::unique_ptr<app::Messenger> files, mail, phone;

    /// Every channel that has a way out.
    [[nodiscard]] jobs::Messengers by_channel() const;
};

/// Reads the secrets they need; variables that hold one are removed from the environment. `clock` must outlive them.
/// Errors: invalidRequest when a secret is missing, too short or not on one line.
Result<WaysOut> open_ways_out(const Config& config, const app::Clock& clock);

}  // namespace portcullis::program
