#include "app/verify_access_pass.h"

#include "app/collect_signals.h"
#include "app/second_factors.h"
#include "base/encoding.h"
#include "core/credentials/access_pass.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kTypedMax = 128;

/// A pass has no spaces and hyphens; people read it to one another in groups.
Secret plain(std::string_view typed) {
    std::string text(typed.substr(0, kTypedMax));
    std::erase_if(text, [](unsigned char c) { return c <= ' ' || c == '-'; });
    return Secret(text.empty() ? std::string("-") : std::move(text));
}

/// A text that cannot be hashed is a wrong pass.
Result<bool> matches(Ports& ports, const identity::AccessPass* pass, const Secret& typed) {
    if (!pass) {
        auto spent = ports.hasher.verify_decoy(typed);
        if (!spent && spent.error().code != ErrorCode::invalidRequest) return std::move(spent).error();
        return false;
    }
    const auto verified = ports.hasher.verify(typed, pass->phc);
    if (verified) return verified->matches;
    if (verified.error().code == ErrorCode::invalidRequest) return false;
    return verified.error();
}

}  // namespace

const identity::AccessPass* usable_pass(const TenantSnapshot& tenant, const Account& account, Instant now) {
    if (!account.access_pass) return nullptr;
    const credentials::PassFacts facts{.settings   = tenant.tenant.settings.methods.access_passes,
                                       .is_allowed = is_allowed(tenant, account, AuthMethod::temporaryAccessPass),
                                       .now        = now};
    return standing_of(*account.access_pass, facts) == credentials::PassStanding::usable ? &*account.access_pass : nullptr;
}

Result<PassOutcome> VerifyAccessPass::named(const TenantSnapshot& tenant, std::string_view typed_name, std::string_view typed,
                                            const RequestFacts& facts) {
    const auto key     = ports_.text.upn_key(typed_name);
    const auto account = key ? TRY(ports_.directory.account_named(tenant.tenant.id, *key)) : std::nullopt;
    const auto subject = account ? to_string(account->user.id)
                                 : "nobody:" + hex(ports_.digests.hmac_sha256(ports_.keys.pepper.reveal(), key.value_or(""))).substr(0, 32);
    return attempt(tenant, account, {.subject = subject, .typed = typed}, facts);
}

Result<PassOutcome> VerifyAccessPass::of(const TenantSnapshot& tenant, const Account& account, std::string_view typed, const RequestFacts& facts) {
    return attempt(tenant, account, {.subject = to_string(account.user.id), .typed = typed}, facts);
}

Result<PassOutcome> VerifyAccessPass::attempt(const TenantSnapshot& tenant, const std::optional<Account>& account, const Guess& guess,
                                              const RequestFacts& facts) {
    const auto user  = account ? std::optional(account->user) : std::nullopt;
    const auto where = TRY(whereabouts(ports_, tenant, account ? std::optional(account->user.id) : std::nullopt, facts));
    const auto typed = plain(guess.typed);
    // A new pass begins with a budget of its own.
    const auto which = account && account->access_pass ? to_string(account->access_pass->id) : "none";
    const auto row   = guess.subject + "|accessPass|" + which;
    const auto place = place_of_tries(ports_, where, facts);
    Tries tries(ports_, tenant.tenant.id, FlowKind::factorTries, row + "|" + place, memory_of_tries(place));
    const bool is_open = TRY(charge(tenant, tries, row, place, facts.now));
    const auto* pass   = is_open && account ? usable_pass(tenant, *account, facts.now) : nullptr;
    const bool is_right = TRY(matches(ports_, pass, typed));
    if (!is_open) return PassOutcome{PassRefused{PassRefusal::paused, user}};
    if (!is_right) return PassOutcome{PassRefused{PassRefusal::wrong, user}};
    TRY(tries.succeeded());
    if (!account->user.account_enabled) return PassOutcome{PassRefused{PassRefusal::disabled, user}};
    return PassOutcome{PassAccepted{*account, *pass, {.user = account->user.id, .pass = pass->id, .at = facts.now}}};
}

Result<bool> VerifyAccessPass::charge(const TenantSnapshot& tenant, Tries& tries, const std::string& row, const std::string& place, Instant now) {
    if (place != kFamiliarPlace) {
        // What waits is not a try of them all: one network alone uses up nothing for the others. What is over their limit leaves no row for
        // its place.
        if (!std::holds_alternative<credentials::Open>(TRY(tries.standing(credentials::kFactorPause, now)))) return false;
        const auto in_all = TRY(ports_.flows.count(tenant.tenant.id, FlowKind::throttle, row + "|elsewhere", now + std::chrono::hours{1}, now));
        if (in_all > credentials::kPassTriesElsewherePerHour) return false;
    }
    return tries.charge(credentials::kFactorPause, {.now = now});
}

}  // namespace portcullis::app
