#pragma once

#include <optional>
#include <string>

#include "app/ports/all.h"
#include "app/request_facts.h"

namespace portcullis::app {

/// Whom an address stands for, as far as limits go: the IPv4 address itself, of IPv6 the subscriber's /64.
std::string network_of(const IpAddress& address);

/// Whether one more address may begin a reset: 20 in 10 minutes from one IPv4 address or IPv6 /64. Errors: unavailable.
Result<bool> may_begin_reset(Ports& ports, TenantId tenant, const RequestFacts& facts);

/// Whether this begin is the one at which an hour becomes a surge that administrators should look at. Errors: unavailable.
Result<bool> is_reset_surge(Ports& ports, TenantId tenant, Instant now);

/// The counters of credentials.md §9.4 of one account, exact across nodes and under parallel requests (CRED-043). Each is kept
/// apart for familiar places, so that a stranger's tries do not keep the owner out. Names nobody has are counted in the same way.
class ResetLimits {
public:
    ResetLimits(Ports& ports, TenantId tenant, std::string subject) : ports_(ports), tenant_(tenant), subject_(std::move(subject)) {}

    /// Stopped for 24 hours after a counter ran out.
    Result<bool> is_stopped(Instant now);
    Result<void> stop(Instant now);

    /// Takes one of 5 proofs in 24 hours before it is looked at. What it is now, or nothing when none is left.
    Result<std::optional<int>> charge_proof(Instant now);
    /// Gives it back: the proof was right.
    Result<void> refund_proof(Instant now);
    /// Whether that was the last.
    static bool is_last(int proof);

    enum class Mail {
        goes,
        held,  // 5 an hour have gone out: nothing is sent, and nothing is said (protocols.md §17)
        stop,  // the eleventh in 10 minutes
    };
    Result<Mail> charge_mail(Instant now);
    /// Whether one more reset may be made: 5 an hour.
    Result<bool> charge_reset(Instant now);

    /// Whether the help desk may be asked once more: once an hour for a name, 20 times for the organisation.
    Result<bool> charge_help(Instant now);

    /// A reset clears everything but the count of resets.
    Result<void> clear();

private:
    [[nodiscard]] std::string key(std::string_view counter) const;
    Ports& ports_;
    TenantId tenant_;
    std::string subject_;
};

/// How a subject of ResetLimits is named.
enum class ResetFrom { familiar, unfamiliar };
std::string reset_subject(std::string_view whose, ResetFrom place);
/// Clears both of a user's, also after an administrator gave a password. Errors: unavailable.
Result<void> clear_reset_limits(Ports& ports, TenantId tenant, UserId user);

}  // namespace portcullis::app
