#include "app/reset_limits.h"

#include <charconv>

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;

constexpr Duration kStop = 24h;
// Failed proofs of identity. "The same gate 5 times in an hour" can never run out before this does.
constexpr int kProofsMax       = 5;
constexpr Duration kProofs     = 24h;
constexpr int kMailsAskedMax   = 10;
constexpr Duration kMailsAsked = 10min;
constexpr int kMailsSentMax    = 5;
constexpr Duration kMailsSent  = 1h;
constexpr int kResetsMax       = 5;
constexpr Duration kResets     = 1h;
constexpr int kHelpMax         = 1;
constexpr int kHelpOfAllMax    = 20;
constexpr Duration kHelp       = 1h;
constexpr int kBeginsMax       = 20;
constexpr Duration kBegins     = 10min;
constexpr std::int64_t kSurge  = 200;  // begins of an organisation in an hour
constexpr int kAttemptsMax     = 8;    // at a counter that others change at the same moment

int number_in(const std::optional<FlowEntry>& entry) {
    if (!entry) return 0;
    int number      = 0;
    const auto& v   = entry->value;
    const auto read = std::from_chars(v.data(), v.data() + v.size(), number);
    return read.ec == std::errc{} && read.ptr == v.data() + v.size() ? number : kProofsMax;  // unreadable: none is left
}

}  // namespace

std::string network_of(const IpAddress& address) {
    constexpr int kSubscriberBits = 64;
    if (address.is_v4()) return to_string(address);
    const auto network = Cidr::of(address, kSubscriberBits);
    return network ? to_string(network->first()) : to_string(address);
}

Result<bool> may_begin_reset(Ports& ports, TenantId tenant, const RequestFacts& facts) {
    const auto key   = "reset|address|" + reference_digest(ports, network_of(facts.address));
    const auto count = TRY(ports.flows.count(tenant, FlowKind::throttle, key, facts.now + kBegins, facts.now));
    return count <= kBeginsMax;
}

Result<bool> is_reset_surge(Ports& ports, TenantId tenant, Instant now) {
    return TRY(ports.flows.count(tenant, FlowKind::throttle, "reset|surge", now + 1h, now)) == kSurge;
}

std::string ResetLimits::key(std::string_view counter) const { return "reset|" + std::string(counter) + "|" + subject_; }
bool ResetLimits::is_last(int proof) { return proof >= kProofsMax; }

Result<bool> ResetLimits::is_stopped(Instant now) {
    return TRY(ports_.flows.find(tenant_, FlowKind::throttle, key("stop"), now)).has_value();
}

Result<void> ResetLimits::stop(Instant now) { return ports_.flows.put(tenant_, FlowKind::throttle, key("stop"), "", now + kStop); }

Result<std::optional<int>> ResetLimits::charge_proof(Instant now) {
    for (int i = 0; i < kAttemptsMax; ++i) {
        const auto entry  = TRY(ports_.flows.find(tenant_, FlowKind::throttle, key("proofs"), now));
        const auto so_far = number_in(entry);
        if (so_far >= kProofsMax) return std::optional<int>{};
        const auto end    = entry ? entry->expires_at : now + kProofs;
        const auto stored = ports_.flows.replace(tenant_, FlowKind::throttle, key("proofs"), entry ? entry->version : 0,
                                                 std::to_string(so_far + 1), end, now);
        if (stored) return std::optional(so_far + 1);
        if (stored.error().code != ErrorCode::conflict) return stored.error();
    }
    return Error{ErrorCode::unavailable, "too many proofs at once to count them"};
}

Result<void> ResetLimits::refund_proof(Instant now) {
    for (int i = 0; i < kAttemptsMax; ++i) {
        const auto entry  = TRY(ports_.flows.find(tenant_, FlowKind::throttle, key("proofs"), now));
        const auto so_far = number_in(entry);
        if (!entry || so_far == 0) return {};
        const auto stored = ports_.flows.replace(tenant_, FlowKind::throttle, key("proofs"), entry->version, std::to_string(so_far - 1),
                                                 entry->expires_at, now);
        if (stored || stored.error().code != ErrorCode::conflict) return stored;
    }
    return {};  // one proof less is left, which locks nobody in
}

Result<ResetLimits::Mail> ResetLimits::charge_mail(Instant now) {
    if (TRY(ports_.flows.count(tenant_, FlowKind::throttle, key("mailsAsked"), now + kMailsAsked, now)) > kMailsAskedMax) return Mail::stop;
    const auto sent = TRY(ports_.flows.count(tenant_, FlowKind::throttle, key("mailsSent"), now + kMailsSent, now));
    return sent > kMailsSentMax ? Mail::held : Mail::goes;
}

Result<bool> ResetLimits::charge_reset(Instant now) {
    return TRY(ports_.flows.count(tenant_, FlowKind::throttle, key("resets"), now + kResets, now)) <= kResetsMax;
}

Result<bool> ResetLimits::charge_help(Instant now) {
    const auto mine = TRY(ports_.flows.count(tenant_, FlowKind::throttle, key("help"), now + kHelp, now));
    const auto all  = TRY(ports_.flows.count(tenant_, FlowKind::throttle, "reset|helpOfAll", now + kHelp, now));
    return mine <= kHelpMax && all <= kHelpOfAllMax;
}

Result<void> ResetLimits::clear() {
    for (const auto* counter : {"stop", "proofs", "mailsAsked", "mailsSent"}) TRY(ports_.flows.erase(tenant_, FlowKind::throttle, key(counter)));
    return {};
}

std::string reset_subject(std::string_view whose, ResetFrom place) {
    return std::string(whose) + (place == ResetFrom::familiar ? "|familiar" : "|unfamiliar");
}

Result<void> clear_reset_limits(Ports& ports, TenantId tenant, UserId user) {
    for (const auto place : {ResetFrom::familiar, ResetFrom::unfamiliar}) {
        TRY(ResetLimits(ports, tenant, reset_subject(to_string(user), place)).clear());
    }
    return {};
}

}  // namespace portcullis::app
