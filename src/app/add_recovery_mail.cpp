#include "app/add_recovery_mail.h"

#include <fmt/format.h>

#include "app/commit_own.h"
#include "app/contact_methods.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/second_factors.h"
#include "app/tries.h"
#include "app/verify_totp.h"
#include "base/encoding.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using Refused = std::optional<MethodRefusal>;

constexpr Duration kCode    = 5min;
constexpr int kDigits       = 8;
constexpr int kMailsPerHour = 5;  // protocols.md §17

/// What waits to be proven, for its seal.
SealContext waiting(TenantId tenant, const Registrant& who) { return {.tenant = tenant, .table = "flows", .row = who.ceremony, .column = "contact"}; }

}  // namespace

std::string AddRecoveryMail::digest_of(const Registrant& who, std::string_view code) const {
    return reference_digest(ports_, fmt::format("contact|{}|{}", who.ceremony, code));
}

Result<Refused> AddRecoveryMail::objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (!is_allowed(tenant, who.account, AuthMethod::email)) return Refused(MethodRefusal::unknown);
    if (!is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    const auto bar = TRY(registration_bar(ports_, tenant, who, facts));
    if (!bar) return Refused();
    return Refused(*bar == RegistrationBar::atRisk ? MethodRefusal::atRisk : MethodRefusal::policyRefuses);
}

Result<Refused> AddRecoveryMail::begin(const TenantSnapshot& tenant, const Registrant& who, const credentials::MailAddress& address,
                                       const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto& user = who.account.user;
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    if (!is_freshly_proven(who, facts.now)) return Refused(MethodRefusal::notFresh);
    const auto sent = TRY(ports_.flows.count(id, FlowKind::throttle, "contact|mails|" + to_string(user.id), facts.now + 1h, facts.now));
    if (sent > kMailsPerHour) return Refused(MethodRefusal::tooMany);

    const auto code = random_digits(ports_.random, kDigits);
    const Secret waits(digest_of(who, code.reveal()) + " " + address.text());
    const auto sealed = TRY(ports_.sealer.seal(waits, waiting(id, who)));
    auto mail         = TRY(code_mail(ports_, tenant, user, {.code = code.copy(), .to = address.text(), .at = facts.now, .expires_at = facts.now + kCode, .from = &facts}));
    TRY(ports_.flows.put(id, FlowKind::contactRegistration, who.ceremony, sealed, facts.now + kCode));
    TRY(commit_own(ports_, id, user.id, "ProveRecoveryMail", {std::move(mail)}, facts));
    return Refused();
}

Result<Refused> AddRecoveryMail::finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, const RequestFacts& facts) {
    const auto id = tenant.tenant.id;
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    const auto entry = TRY(ports_.flows.find(id, FlowKind::contactRegistration, who.ceremony, facts.now));
    if (!entry) return Refused(MethodRefusal::over);
    Tries tries(ports_, id, FlowKind::factorTries, to_string(who.account.user.id) + "|recoveryMail");
    if (!TRY(tries.charge(credentials::kFactorPause, {.now = facts.now}))) return Refused(MethodRefusal::codePaused);

    std::string typed(code.substr(0, 64));
    std::erase(typed, ' ');
    const auto waits = TRY(ports_.sealer.open(entry->value, waiting(id, who)));
    const auto space = waits.reveal().find(' ');
    if (!equal_constant_time(waits.reveal().substr(0, space), digest_of(who, typed))) return Refused(MethodRefusal::codeWrong);
    const auto address = credentials::parse_mail_address(space == std::string_view::npos ? std::string_view() : waits.reveal().substr(space + 1));
    // Of two forms at once one registers.
    if (!address || !TRY(ports_.flows.take(id, FlowKind::contactRegistration, who.ceremony, facts.now))) return Refused(MethodRefusal::over);
    TRY(tries.succeeded());
    TRY(store(tenant, who, *address, facts));
    return Refused();
}

Result<void> AddRecoveryMail::store(const TenantSnapshot& tenant, const Registrant& who, const credentials::MailAddress& address,
                                    const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto& user = who.account.user;
    auto method      = TRY(contact_method(ports_, id, user.id, contact_from(address), facts.now));
    // The user's version moves with it, so that there is one address when two are registered at once.
    std::vector<Change> changes{UserChanged{user}};
    if (const auto* old = contact_of(who.account, AuthMethod::email)) changes.push_back(MethodRemoved{user.id, old->id});
    if (const auto ready = became_ready_to_reset(tenant, who.account, method, facts.now)) changes.push_back(*ready);
    changes.push_back(MethodRegistered{std::move(method)});
    Told told{.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = {{"method", std::string(to_string(AuthMethod::email))}}, .other_addresses = {}};
    told.other_addresses.push_back(address.text());
    TRY(add_notice(changes, ports_, tenant, user, told));
    return commit_own(ports_, id, user.id, "AddRecoveryMail", std::move(changes), facts);
}

}  // namespace portcullis::app
