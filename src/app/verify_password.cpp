#include "app/verify_password.h"

#include "app/tries.h"
#include "base/encoding.h"

namespace portcullis::app {
namespace {

/// Attempts at one account that may wait for their turn; more answer 503 and cost nothing.
constexpr int kWaitingMax = 8;

credentials::LockoutRules rules_of(const identity::LockoutSettings& settings) {
    auto rules       = credentials::kPasswordLockout;
    rules.threshold  = settings.threshold;
    rules.first_lock = settings.first_lock;
    rules.lock_max   = settings.lock_max;
    return rules;
}

std::string lockout_key(std::string_view subject, bool familiar) {
    return std::string(subject) + (familiar ? "|familiar" : "|unfamiliar");
}

/// −1…+1.
double jitter(Random& random) {
    return static_cast<double>(static_cast<unsigned char>(random.bytes(1)[0])) / 127.5 - 1.0;
}

}  // namespace

Result<PasswordOutcome> VerifyPassword::operator()(const TenantSnapshot& tenant, std::string_view typed_name,
                                                   const Secret& typed_password, const RequestFacts& facts) {
    const auto key     = ports_.text.upn_key(typed_name);
    const auto account = key ? TRY(ports_.directory.account_named(tenant.tenant.id, *key)) : std::nullopt;
    const auto subject = account ? to_string(account->user.id)
                                 : "nobody:" + hex(ports_.digests.hmac_sha256(ports_.keys.pepper.reveal(), key.value_or(""))).substr(0, 32);
    return in_turn(tenant, account, subject, typed_password, facts);
}

Result<PasswordOutcome> VerifyPassword::current(const TenantSnapshot& tenant, const Account& account, const Secret& typed_password,
                                                const RequestFacts& facts) {
    return in_turn(tenant, account, to_string(account.user.id), typed_password, facts);
}

Result<PasswordOutcome> VerifyPassword::in_turn(const TenantSnapshot& tenant, const std::optional<Account>& account, const std::string& subject,
                                                const Secret& password, const RequestFacts& facts) {
    auto& turnstile = turnstiles_[std::hash<std::string>{}(to_string(tenant.tenant.id) + subject) % turnstiles_.size()];
    if (turnstile.waiting.fetch_add(1) >= kWaitingMax) {
        turnstile.waiting.fetch_sub(1);
        return Error{ErrorCode::tooManyRequests, "too many password attempts at one account wait"};
    }
    const std::lock_guard turn(turnstile.busy);
    auto outcome = attempt(tenant, account, subject, password, facts);
    turnstile.waiting.fetch_sub(1);
    return outcome;
}

Result<PasswordOutcome> VerifyPassword::attempt(const TenantSnapshot& tenant, const std::optional<Account>& account,
                                                std::string_view subject, const Secret& password, const RequestFacts& facts) {
    const auto where  = TRY(whereabouts(ports_, tenant, account ? std::optional(account->user.id) : std::nullopt, facts));
    const auto normal = ports_.text.password(password.reveal());
    const Secret typed = normal ? Secret(*normal) : password.copy();
    const auto guess   = guesses_.attempt(tenant.tenant.id, subject, typed, where.network, facts.now);
    if (!where.has_known_device && guesses_.stops(guess)) {
        guesses_.failed(guess);
        return PasswordOutcome{PasswordRefused{PasswordRefusal::stopped, account ? std::optional(account->user) : std::nullopt}};
    }
    auto outcome = TRY(count(tenant, account, subject, typed, where, facts.now));
    if (auto* accepted = std::get_if<PasswordAccepted>(&outcome)) {
        if (!where.has_known_device) accepted->watch = guesses_.succeeded(guess);
    } else if (!where.has_known_device && std::get<PasswordRefused>(outcome).because != PasswordRefusal::disabled) {
        guesses_.failed(guess);
    }
    return outcome;
}

Result<PasswordOutcome> VerifyPassword::count(const TenantSnapshot& tenant, const std::optional<Account>& account, std::string_view subject,
                                              const Secret& typed, const Whereabouts& where, Instant now) {
    const auto rules = rules_of(tenant.tenant.settings.lockout);
    const auto user  = account ? std::optional(account->user) : std::nullopt;

    Tries tries(ports_, tenant.tenant.id, FlowKind::lockout, lockout_key(subject, where.is_familiar), account ? Tries::kMemory : Tries::kMemoryOfNobody);
    if (!std::holds_alternative<credentials::Open>(TRY(tries.standing(rules, now)))) {
        // Costs what a wrong password costs (PROTO-804).
        auto spent = ports_.hasher.verify_decoy(typed);
        if (!spent && spent.error().code != ErrorCode::invalidRequest) return std::move(spent).error();
        return PasswordOutcome{PasswordRefused{PasswordRefusal::locked, user}};
    }

    const auto verified = TRY(verify(account, typed, now));
    if (!verified.matches) {
        const auto mark = ports_.digests.hmac_sha256(ports_.keys.pepper.reveal(), std::string(subject) + '\0' + std::string(typed.reveal()));
        TRY(tries.failed(rules, {.now = now, .mark = credentials::mark_of(mark), .jitter = jitter(ports_.random)}));
        return PasswordOutcome{PasswordRefused{PasswordRefusal::wrong, user}};
    }
    TRY(tries.succeeded());
    if (!account->user.account_enabled) return PasswordOutcome{PasswordRefused{PasswordRefusal::disabled, user}};
    PasswordAccepted accepted{*account, {}, {}};
    if (verified.needs_rehash) {
        if (auto phc = ports_.hasher.hash(typed)) accepted.rehashed = std::move(*phc);
    }
    return PasswordOutcome{std::move(accepted)};
}

Result<Verified> VerifyPassword::verify(const std::optional<Account>& account, const Secret& password, Instant now) {
    const bool has_password = account && account->password;
    if (!has_password) {
        auto spent = ports_.hasher.verify_decoy(password);
        if (!spent && spent.error().code != ErrorCode::invalidRequest) return std::move(spent).error();
        return Verified{};
    }
    auto verified = ports_.hasher.verify(password, account->password->phc);
    if (!verified) {
        // A password that cannot be one (NUL, too long) is a wrong password.
        if (verified.error().code == ErrorCode::invalidRequest) return Verified{};
        return std::move(verified).error();
    }
    const auto& expires_at = account->password->expires_at;
    if (expires_at && *expires_at <= now) return Verified{};
    return *verified;
}

Result<void> VerifyPassword::unlock(TenantId tenant, UserId user) {
    TRY(ports_.flows.erase(tenant, FlowKind::lockout, lockout_key(to_string(user), true)));
    return ports_.flows.erase(tenant, FlowKind::lockout, lockout_key(to_string(user), false));
}

Result<void> VerifyPassword::lift_ceiling(TenantId tenant, UserId user, Instant now) {
    for (const bool familiar : {true, false}) {
        const auto key   = lockout_key(to_string(user), familiar);
        const auto entry = TRY(ports_.flows.find(tenant, FlowKind::lockout, key, now));
        const auto state = entry ? credentials::parse_lockout(entry->value) : std::nullopt;
        if (!state) continue;
        TRY(ports_.flows.replace(tenant, FlowKind::lockout, key, entry->version, credentials::to_text(credentials::on_recovery(*state)),
                                 entry->expires_at, now));
    }
    return {};
}

}  // namespace portcullis::app
