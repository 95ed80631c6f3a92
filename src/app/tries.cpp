#include "app/tries.h"

namespace portcullis::app {
namespace {

constexpr int kAttemptsMax = 8;

}  // namespace

Result<Tries::Stored> Tries::load(Instant now) {
    const auto entry = TRY(ports_.flows.find(tenant_, kind_, key_, now));
    has_entry_       = entry.has_value();
    if (!entry) return Stored{credentials::LockoutState{}, 0};
    return Stored{credentials::parse_lockout(entry->value), entry->version};
}

Result<credentials::Standing> Tries::standing(const credentials::LockoutRules& rules, Instant now) {
    const auto stored = TRY(load(now));
    if (!stored.state) return credentials::Standing{credentials::Disabled{}};
    return credentials::standing(*stored.state, rules, now);
}

Result<credentials::FailureEffect> Tries::count(const Stored& stored, const credentials::LockoutRules& rules,
                                                const credentials::FailedAttempt& attempt) {
    if (!stored.state) return Error{ErrorCode::unavailable, "the stored count of failed tries is damaged"};
    const auto counted = credentials::on_failure(*stored.state, rules, attempt);
    if (counted.effect == credentials::FailureEffect::repeated) return counted.effect;
    TRY(ports_.flows.replace(tenant_, kind_, key_, stored.version, credentials::to_text(counted.state), attempt.now + memory_,
                             attempt.now));
    has_entry_ = true;
    in_row_    = counted.state.failures_in_row;
    return counted.effect;
}

Result<credentials::FailureEffect> Tries::failed(const credentials::LockoutRules& rules,
                                                 const credentials::FailedAttempt& attempt) {
    for (int i = 0; i < kAttemptsMax; ++i) {
        auto counted = count(TRY(load(attempt.now)), rules, attempt);
        if (counted || counted.error().code != ErrorCode::conflict) return counted;
    }
    return Error{ErrorCode::unavailable, "too many failed tries at once to count them"};
}

Result<bool> Tries::charge(const credentials::LockoutRules& rules, const credentials::FailedAttempt& attempt) {
    for (int i = 0; i < kAttemptsMax; ++i) {
        const auto stored = TRY(load(attempt.now));
        if (!stored.state) return false;
        if (!std::holds_alternative<credentials::Open>(credentials::standing(*stored.state, rules, attempt.now))) return false;
        auto counted = count(stored, rules, attempt);
        if (counted) return true;
        if (counted.error().code != ErrorCode::conflict) return std::move(counted).error();
    }
    return Error{ErrorCode::unavailable, "too many tries at once to count them"};
}

Result<void> Tries::succeeded() {
    if (!has_entry_) return {};
    return ports_.flows.erase(tenant_, kind_, key_);
}

}  // namespace portcullis::app
