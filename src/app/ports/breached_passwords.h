#pragma once

#include <cstdint>

#include "base/secret.h"

namespace portcullis::app {

/// Passwords that stand in breaches, as an operator's file knows them (credentials.md §11.1).
class BreachedPasswords {
public:
    virtual ~BreachedPasswords() = default;
    /// Whether this password, as it would be stored (nothing folded), is known. One in 256 others is said to be, too.
    [[nodiscard]] virtual bool contains(const Secret& password) const = 0;
    [[nodiscard]] virtual std::uint64_t entries() const = 0;
};

}  // namespace portcullis::app
