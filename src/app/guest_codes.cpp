#include "app/guest_codes.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/collect_signals.h"
#include "app/contact_methods.h"
#include "app/notices.h"
#include "app/reset_limits.h"
#include "app/tries.h"
#include "base/ascii.h"
#include "base/encoding.h"
#include "core/credentials/guest_code.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;

// Of one address or network, for whomever it asks.
constexpr int kAsksMax   = 20;
constexpr Duration kAsks = 10min;

/// Codes are digits; people type them in groups (PROTO-521).
std::string digits_of(std::string_view typed) {
    std::string digits(typed.substr(0, 64));
    std::erase(digits, ' ');
    return digits;
}

/// In place of a code that was used; no digest is like it.
constexpr std::string_view kUsed = "used";

/// Where the code of a sign-in waits: what a stranger asks for, elsewhere, leaves it alone.
std::string row_of(std::string_view subject, FlowId flow) { return fmt::format("{}|{}", subject, to_string(flow)); }

}  // namespace

bool signs_in_by_mail(const TenantSnapshot& tenant, const Account& account) {
    return credentials::signs_in_by_mail({.user         = account.user,
                                          .has_password = account.password.has_value(),
                                          .groups       = account.groups,
                                          .policy       = tenant.methods});
}

bool is_way_in(const TenantSnapshot& tenant, const Account& account, const identity::AuthenticationMethod& method) {
    return method.kind == AuthMethod::email && signs_in_by_mail(tenant, account);
}

Result<bool> offers_guest_codes(const Ports& ports, const TenantSnapshot& tenant) {
    switch (tenant.methods.guest_codes()) {
        case identity::FeatureState::disabled: return false;
        case identity::FeatureState::enabled:  return true;
        case identity::FeatureState::default_: break;
    }
    return ports.directory.has_guests(tenant.tenant.id);
}

/// Both ways to find somebody are gone, whichever would do. A user principal name is its owner's, whatever addresses guests have.
Result<GuestCodes::Named> GuestCodes::named(const TenantSnapshot& tenant, std::string_view name, const RequestFacts& facts) {
    const auto id      = tenant.tenant.id;
    const auto key     = ports_.text.upn_key(name);
    const auto address = credentials::parse_mail_address(name);
    auto account       = TRY(ports_.directory.account_named(id, key.value_or("")));
    auto by_mail       = TRY(ports_.directory.guest_with_mail(id, address ? ascii::lower(address->text()) : ""));
    if (!account && address) account = std::move(by_mail);

    Named who;
    if (account) who.user = account->user;
    const bool is_guest  = account && signs_in_by_mail(tenant, *account) && contact_of(*account, AuthMethod::email) != nullptr;
    const auto where     = TRY(whereabouts(ports_, tenant, is_guest ? std::optional(account->user.id) : std::nullopt, facts));
    const auto of_nobody = "nobody:" + hex(ports_.digests.hmac_sha256(ports_.keys.pepper.reveal(), "guest|" + key.value_or(std::string(name)))).substr(0, 32);
    who.subject          = is_guest ? to_string(account->user.id) : of_nobody;
    who.place            = place_of_tries(ports_, where, facts);
    if (is_guest) who.address = to_string(contact_of(*account, AuthMethod::email)->id);
    if (is_guest) who.guest = std::move(account);
    return who;
}

/// The code keyed, with whom, where it went and which sign-in it is for: after the address was replaced it is no code any more.
std::string GuestCodes::value_of(const Named& who, FlowId flow, std::string_view code) const {
    return reference_digest(ports_, fmt::format("guestCode|{}|{}|{}|{}", who.subject, to_string(flow), who.address, code));
}

/// Exact across nodes and under parallel requests: of those at once the first makes the entry.
Result<bool> GuestCodes::may_send(TenantId tenant, const Named& who, Instant now) {
    const auto key  = [&](std::string_view counter) { return fmt::format("guestCode|{}|{}|{}", counter, who.subject, who.place); };
    const auto last = ports_.flows.replace(tenant, FlowKind::throttle, key("last"), 0, "", now + credentials::kGuestResendAfter, now);
    if (!last && last.error().code == ErrorCode::conflict) return false;
    if (!last) return last.error();
    const auto sent = TRY(ports_.flows.count(tenant, FlowKind::throttle, key("mails"), now + 1h, now));
    if (sent > credentials::kGuestMailsPerHour) return false;
    if (who.place == kFamiliarPlace) return true;
    // However many networks ask.
    const auto in_all = TRY(ports_.flows.count(tenant, FlowKind::throttle, fmt::format("guestCode|elsewhere|{}", who.subject), now + 1h, now));
    return in_all <= credentials::kGuestMailsElsewherePerHour;
}

Result<void> GuestCodes::send(const TenantSnapshot& tenant, const GuestAttempt& attempt, const RequestFacts& facts) {
    const auto id      = tenant.tenant.id;
    const auto network = "guestCode|address|" + reference_digest(ports_, network_of(facts.address));
    const auto asked   = TRY(ports_.flows.count(id, FlowKind::throttle, network, facts.now + kAsks, facts.now));
    if (asked > kAsksMax) return Error{ErrorCode::tooManyRequests, "too many codes for guests are asked for at one address"};
    const auto who = TRY(named(tenant, attempt.name, facts));
    return dispatch(tenant, who, attempt, TRY(may_send(id, who, facts.now)), facts);
}

/// The letter is written for everybody, and two rows are stored: for a guest the code and the mail, for nobody what is read by nobody.
Result<void> GuestCodes::dispatch(const TenantSnapshot& tenant, const Named& who, const GuestAttempt& attempt, bool goes, const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto code  = random_digits(ports_.random, credentials::kGuestCodeDigits);
    const auto until = std::min(facts.now + credentials::kGuestCodeLives, attempt.flow_ends_at);
    MailedCode letter{.code = code.copy(), .to = {}, .at = facts.now, .expires_at = until, .from = &facts};
    if (who.guest) letter.to = TRY(contact_value(ports_, id, *contact_of(*who.guest, AuthMethod::email)));
    auto mail        = TRY(code_mail(ports_, tenant, who.guest ? who.guest->user : identity::User{}, letter));
    const auto value = value_of(who, attempt.flow, code.reveal());
    if (!who.guest || !goes) {
        TRY(ports_.flows.put(id, FlowKind::throttle, "guestCode|unsent|" + who.subject, value, until));
        return ports_.flows.put(id, FlowKind::throttle, "guestCode|unsent|" + who.subject, "", until);
    }
    TRY(ports_.flows.put(id, FlowKind::guestCode, row_of(who.subject, attempt.flow), value, until));
    return ports_.journal.commit({.tenant      = id,
                                  .id          = ports_.random.new_id<ActId>(facts.now),
                                  .name        = "SendGuestCode",
                                  .by          = {risk::ActorKind::system, {}, "sign-in"},  // nobody is proven yet
                                  .at          = facts.now,
                                  .correlation = facts.correlation,
                                  .changes     = {std::move(mail)}});
}

Result<GuestOutcome> GuestCodes::verify(const TenantSnapshot& tenant, const GuestAttempt& attempt, std::string_view typed, const RequestFacts& facts) {
    const auto who = TRY(named(tenant, attempt.name, facts));
    if (!TRY(spend(tenant.tenant.id, who, attempt, typed, facts.now))) return GuestOutcome{GuestRefused{GuestRefusal::wrong, who.user}};
    if (!who.guest) return GuestOutcome{GuestRefused{GuestRefusal::wrong, who.user}};
    if (!who.guest->user.account_enabled) return GuestOutcome{GuestRefused{GuestRefusal::disabled, who.user}};
    return GuestOutcome{GuestAccepted{*who.guest, contact_of(*who.guest, AuthMethod::email)->id}};
}

/// Whether the code was right; then it is used up.
Result<bool> GuestCodes::spend(TenantId tenant, const Named& who, const GuestAttempt& attempt, std::string_view typed, Instant now) {
    const auto row      = row_of(who.subject, attempt.flow);
    const auto entry    = TRY(ports_.flows.find(tenant, FlowKind::guestCode, row, now));
    const auto expected = value_of(who, attempt.flow, digits_of(typed));
    if (entry && entry->value == kUsed) return Error{ErrorCode::conflict, "the code was used in this sign-in already"};
    if (!entry) {  // nothing could be guessed; what a wrong code costs is paid all the same (PROTO-804)
        const auto untried = "guestCode|untried|" + who.subject;
        const auto count   = TRY(ports_.flows.count(tenant, FlowKind::throttle, untried, now + credentials::kGuestCodePause.first_lock, now));
        if (count % credentials::kGuestCodePause.threshold == 0) TRY(ports_.flows.erase(tenant, FlowKind::throttle, untried));
        return false;
    }
    Tries tries(ports_, tenant, FlowKind::factorTries, fmt::format("{}|guestCode|{}", who.subject, who.place), memory_of_tries(who.place));
    if (!TRY(tries.charge(credentials::kGuestCodePause, {.now = now}))) return false;
    // Nor has one code more tries from several places.
    const auto tried = fmt::format("guestCode|tried|{}|{}", row, entry->version);
    if (TRY(ports_.flows.count(tenant, FlowKind::throttle, tried, entry->expires_at, now)) > credentials::kGuestCodePause.threshold) return false;
    if (!equal_constant_time(entry->value, expected)) {
        // After the last try the code is void, also for whoever waits until the pause is over (PROTO-523).
        const bool is_over = !std::holds_alternative<credentials::Open>(TRY(tries.standing(credentials::kGuestCodePause, now)));
        if (is_over) TRY(ports_.flows.erase(tenant, FlowKind::guestCode, row));
        return false;
    }
    // Of two forms at once one gets in (PROTO-520). What stays tells the other that it came second, and no code is like it.
    TRY(ports_.flows.replace(tenant, FlowKind::guestCode, row, entry->version, kUsed, entry->expires_at, now));
    TRY(tries.succeeded());
    return true;
}

}  // namespace portcullis::app
