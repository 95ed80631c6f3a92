#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "core/credentials/lockout.h"

namespace portcullis::app {

/// The stored count of failed tries under one key, and how to change it without losing anybody's failure.
class Tries {
public:
    /// Failures in a row are remembered this long after the last one; those of names nobody has, and of places nobody
    /// knows, only a day, for anybody can make them up.
    static constexpr Duration kMemory         = std::chrono::days{90};
    static constexpr Duration kMemoryOfNobody = std::chrono::days{1};

    Tries(Ports& ports, TenantId tenant, FlowKind kind, std::string key, Duration memory = kMemory)
        : ports_(ports), tenant_(tenant), kind_(kind), key_(std::move(key)), memory_(memory) {}

    /// Whether a try may be looked at now. A stored state that cannot be read refuses. Errors: unavailable.
    Result<credentials::Standing> standing(const credentials::LockoutRules& rules, Instant now);
    /// Counts a failure. Errors: unavailable, also when too many others count at once.
    Result<credentials::FailureEffect> failed(const credentials::LockoutRules& rules, const credentials::FailedAttempt& attempt);
    /// Counts a failure before the try is looked at, so that parallel guesses cannot outrun the count; `succeeded` gives it
    /// back. False when no try may be looked at now.
    Result<bool> charge(const credentials::LockoutRules& rules, const credentials::FailedAttempt& attempt);
    /// Failures in a row, with the one that was counted last.
    [[nodiscard]] std::uint32_t in_row() const { return in_row_; }
    /// Forgets what was counted, when anything was.
    Result<void> succeeded();

private:
    struct Stored {
        std::optional<credentials::LockoutState> state;  // nothing: it cannot be read
        std::int64_t version = 0;
    };
    Result<Stored> load(Instant now);
    Result<credentials::FailureEffect> count(const Stored& stored, const credentials::LockoutRules& rules,
                                             const credentials::FailedAttempt& attempt);

    Ports& ports_;
    TenantId tenant_;
    FlowKind kind_;
    std::string key_;
    Duration memory_;
    bool has_entry_       = false;
    std::uint32_t in_row_ = 0;
};

}  // namespace portcullis::app
