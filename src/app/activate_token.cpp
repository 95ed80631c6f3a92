#include "app/activate_token.h"

#include <algorithm>

#include "app/add_totp.h"
#include "app/commit_own.h"
#include "app/guessed_codes.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/second_factors.h"

namespace portcullis::app {
namespace {

using Refused = std::optional<MethodRefusal>;

/// The token, when it is this person's and waits. Errors: unavailable.
Result<std::optional<identity::HardwareToken>> waiting_token(const Ports& ports, const TenantSnapshot& tenant, const Account& account, HardwareTokenId id) {
    const auto waiting = TRY(waiting_tokens(ports, tenant, account));
    const auto found   = std::ranges::find(waiting, id, &identity::HardwareToken::id);
    return found == waiting.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

Result<std::vector<identity::HardwareToken>> waiting_tokens(const Ports& ports, const TenantSnapshot& tenant, const Account& account) {
    if (!is_allowed(tenant, account, AuthMethod::hardwareOath)) return std::vector<identity::HardwareToken>{};
    auto tokens = TRY(ports.directory.tokens_of(tenant.tenant.id, account.user.id));
    std::erase_if(tokens, [](const auto& token) { return standing_of(token) != identity::TokenStanding::assigned; });
    return tokens;
}

std::string short_name_of(const identity::HardwareToken& token) {
    constexpr std::size_t kShown = 4;
    auto shown                   = token;
    const auto& serial           = token.serial_number;
    if (serial.size() > kShown) shown.serial_number = "•••" + serial.substr(serial.size() - kShown);
    return name_of(shown);
}

std::vector<Change> activation_of(Ports& ports, const TenantSnapshot& tenant, const Account& account, const identity::HardwareToken& token,
                                  const TokenProof& proof, Instant now) {
    // The seed stays in the inventory, in one place.
    identity::AuthenticationMethod method{.id             = ports.random.new_id<MethodId>(now),
                                          .user           = account.user.id,
                                          .kind           = AuthMethod::hardwareOath,
                                          .display_name   = name_of(token),
                                          .last_used_step = proof.step,
                                          .created_at     = now};
    const HardwareTokenActivated activated{token.id, account.user.id, method.id, proof.step, proof.drift, now};
    const auto ready = became_ready_to_reset(tenant, account, method, now);
    // The user's version moves with it, so that the limit is exact when two are registered at once.
    std::vector<Change> changes{UserChanged{account.user}, MethodRegistered{std::move(method)}, activated};
    if (ready) changes.emplace_back(*ready);
    return changes;
}

Result<Refused> ActivateToken::objection(const TenantSnapshot& tenant, const Registrant& who, HardwareTokenId id, const RequestFacts& facts) {
    if (!TRY(waiting_token(ports_, tenant, who.account, id))) return Refused(MethodRefusal::unknown);
    if (const auto refused = TRY(refusal_at_bar(ports_, tenant, who, facts))) return Refused(*refused);
    if (!is_freshly_proven(who, facts.now)) return Refused(MethodRefusal::notFresh);
    if (oath_count(who.account) >= kTotpMax) return Refused(MethodRefusal::tooMany);
    return Refused();
}

Result<void> ActivateToken::tell_of_guesses(const TenantSnapshot& tenant, const identity::User& user, const RequestFacts& facts) {
    auto told = TRY(guessed_codes_notice(ports_, tenant, user, &facts, facts.now));
    return commit_own(ports_, tenant.tenant.id, user.id, "ActivateToken", std::move(told), facts);
}

Result<Refused> ActivateToken::operator()(const TenantSnapshot& tenant, const Registrant& who, HardwareTokenId id, std::string_view code,
                                          const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, id, facts))) return Refused(*refused);
    const auto token = TRY(waiting_token(ports_, tenant, who.account, id));
    if (!token) return Refused(MethodRefusal::unknown);
    const auto& user = who.account.user;
    const auto shown = TRY(verify_totp_.activates(tenant, user.id, *token, code, facts.now));
    const auto* proof = std::get_if<TokenProof>(&shown);
    if (!proof) {
        if (std::get<CodeRefusal>(shown) == CodeRefusal::alarming) TRY(tell_of_guesses(tenant, user, facts));
        return Refused(MethodRefusal::codeWrong);
    }
    auto changes = activation_of(ports_, tenant, who.account, *token, *proof, facts.now);
    const Words words{{"method", std::string(to_string(AuthMethod::hardwareOath))}};
    TRY(add_notice(changes, ports_, tenant, user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    TRY(commit_own(ports_, tenant.tenant.id, user.id, "ActivateToken", std::move(changes), facts));
    return Refused();
}

}  // namespace portcullis::app
