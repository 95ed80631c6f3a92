#pragma once

#include <optional>

#include "adapters/sql/db.h"
#include "core/identity/hardware_token.h"

namespace portcullis::sql {

// What `token_in` reads, of a table called t.
#define PORTCULLIS_TOKEN_COLUMNS                                                                                     \
    "t.id, t.serial_number, t.manufacturer, t.model, t.sealed_secret, t.hash_function, t.interval_seconds, t.drift, " \
    "t.last_used_step, t.user_id, t.method_id, t.created_at, t.assigned_at, t.activated_at"
inline constexpr std::size_t kTokenColumns = 14;

/// The token in the columns from `first` on; nothing when there is none, or one that makes codes as nobody here can.
std::optional<identity::HardwareToken> token_in(const Row& row, std::size_t first);

}  // namespace portcullis::sql
