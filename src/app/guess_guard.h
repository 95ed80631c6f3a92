#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "app/collect_signals.h"
#include "core/credentials/guess_watch.h"
#include "core/signals/siphash.h"

namespace portcullis::app {

/// The process's watch over passwords that fail at many accounts (PROTO-806). What it keeps is hashed under a key of this
/// process, so its memory tells nobody which passwords were tried.
class GuessGuard {
public:
    explicit GuessGuard(Random& random);

    /// One attempt as the watch groups it. A trusted location stands for many honest people: only the password counts there.
    [[nodiscard]] credentials::GuessAttempt attempt(TenantId tenant, std::string_view subject, const Secret& password,
                                                    const signals::NetworkSignals& network, Instant now) const;
    void failed(const credentials::GuessAttempt& attempt);
    /// Whether the attempt's source may not go on.
    [[nodiscard]] bool stops(const credentials::GuessAttempt& attempt) const;
    /// What to know of an attempt that succeeded.
    [[nodiscard]] signals::PasswordWatch succeeded(const credentials::GuessAttempt& attempt) const;

private:
    signals::HashKey key_;
    mutable std::mutex mutex_;
    credentials::GuessWatch watch_;
};

}  // namespace portcullis::app
