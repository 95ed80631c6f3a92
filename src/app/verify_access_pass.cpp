#include "app/verify_access_pass.h"

#include "app/second_factors.h"
#include "app/tries.h"
#include "base/encoding.h"
#include "core/credentials/access_pass.h"

namespace portcullis::app {
namespace {

constexpr std::size_t kTypedMax = 128;

std::string key_of(std::string_view subject) { return std::string(subject) + "|accessPass"; }

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
    return attempt(tenant, account, {.subject = subject, .typed = typed, .now = facts.now});
}

Result<PassOutcome> VerifyAccessPass::of(const TenantSnapshot& tenant, const Account& account, std::string_view typed, Instant now) {
    return attempt(tenant, account, {.subject = to_string(account.user.id), .typed = typed, .now = now});
}

Result<PassOutcome> VerifyAccessPass::attempt(const TenantSnapshot& tenant, const std::optional<Account>& account, const Guess& guess) {
    const auto user  = account ? std::optional(account->user) : std::nullopt;
    const auto typed = plain(guess.typed);
    Tries tries(ports_, tenant.tenant.id, FlowKind::factorTries, key_of(guess.subject), account ? Tries::kMemory : Tries::kMemoryOfNobody);
    const bool is_open = TRY(tries.charge(credentials::kFactorPause, {.now = guess.now}));
    const auto* pass   = is_open && account ? usable_pass(tenant, *account, guess.now) : nullptr;
    const bool is_right = TRY(matches(ports_, pass, typed));
    if (!is_open) return PassOutcome{PassRefused{PassRefusal::paused, user}};
    if (!is_right) return PassOutcome{PassRefused{PassRefusal::wrong, user}};
    TRY(tries.succeeded());
    if (!account->user.account_enabled) return PassOutcome{PassRefused{PassRefusal::disabled, user}};
    return PassOutcome{PassAccepted{*account, *pass, {.user = account->user.id, .pass = pass->id, .at = guess.now}}};
}

Result<void> VerifyAccessPass::forget_tries(Ports& ports, TenantId tenant, UserId user) {
    return ports.flows.erase(tenant, FlowKind::factorTries, key_of(to_string(user)));
}

}  // namespace portcullis::app
