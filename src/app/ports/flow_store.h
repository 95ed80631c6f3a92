#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace portcullis::app {

/// What a flow entry is for; part of its key, so that a value of one kind is never taken for another (PROTO-522).
enum class FlowKind { interaction, code, deviceCode, userCode, redeemedCode, lockout, factorTries, throttle, assertion,
                      passkeyRegistration, passwordReset, contactRegistration, totpRegistration,
                      prompts, approval, accountRecovery, externalAnswer, guestCode };

/// One write to flow state that happens together with an act, or not at all (Act::flows).
struct FlowWrite {
    FlowKind kind = FlowKind::interaction;
    std::string key;
    std::optional<std::int64_t> version;  ///< the entry must still have it, else the act is a conflict; nothing: whatever is there
    std::optional<std::string> value;     ///< what is there from then on; nothing: the entry is taken out
    Instant expires_at;                   ///< of a value
};

/// One entry: its value and the version a conditional `replace` names.
struct FlowEntry {
    std::string value;
    std::int64_t version = 0;
    Instant expires_at;
};

/// Short-lived state with a lifetime: interactions, codes, counters. Exact on every node that shares the store; what is
/// lost with it costs a new sign-in and nothing more. Keys of secrets are digests, never the secrets.
/// Entries past `expires_at` are not there. Errors of all: unavailable.
class FlowStore {
public:
    virtual ~FlowStore() = default;

    /// Stores or overwrites.
    virtual Result<void> put(TenantId tenant, FlowKind kind, std::string_view key, std::string_view value, Instant expires_at) = 0;
    virtual Result<std::optional<FlowEntry>> find(TenantId tenant, FlowKind kind, std::string_view key, Instant now) const = 0;
    /// Overwrites the entry that still has `version` (0: none is there yet). Errors: also conflict.
    virtual Result<void> replace(TenantId tenant, FlowKind kind, std::string_view key, std::int64_t version,
                                 std::string_view value, Instant expires_at, Instant now) = 0;
    /// Removes and returns the entry; of any number of parallel callers one gets it.
    virtual Result<std::optional<FlowEntry>> take(TenantId tenant, FlowKind kind, std::string_view key, Instant now) = 0;
    virtual Result<void> erase(TenantId tenant, FlowKind kind, std::string_view key) = 0;
    /// Adds one to a counter that starts at 0 and ends at `window_end`, and returns what it is now.
    virtual Result<std::int64_t> count(TenantId tenant, FlowKind kind, std::string_view key, Instant window_end, Instant now) = 0;
    /// Drops what has expired, at most `most` entries; how many were dropped.
    virtual Result<std::int64_t> sweep(Instant now, std::int64_t most) = 0;
};

}  // namespace portcullis::app
