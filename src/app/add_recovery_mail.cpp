#include "app/add_recovery_mail.h"

#include <fmt/format.h>

#include "app/commit_own.h"
#include "app/contact_methods.h"
#include "app/contact_proof.h"
#include "app/guest_codes.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/reset_flow.h"
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

}  // namespace

Result<Refused> AddRecoveryMail::objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    if (!is_allowed(tenant, who.account, AuthMethod::email)) return Refused(MethodRefusal::unknown);
    // Codes to sign in with go there: an address that an administrator vouched for is replaced by an administrator.
    if (signs_in_by_mail(tenant, who.account)) return Refused(MethodRefusal::policyRefuses);
    if (!is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    return refusal_at_bar(ports_, tenant, who, facts);
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
    auto mail         = TRY(code_mail(ports_, tenant, user, {.code = code.copy(), .to = address.text(), .at = facts.now, .expires_at = facts.now + kCode, .from = &facts}));
    TRY(ContactProof(ports_, "recoveryMail").await(id, who, address.text(), code, facts.now + kCode));
    TRY(commit_own(ports_, id, user.id, "ProveRecoveryMail", {std::move(mail)}, facts));
    return Refused();
}

Result<Refused> AddRecoveryMail::finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    const auto proven = TRY(ContactProof(ports_, "recoveryMail").prove(tenant.tenant.id, who, code, facts.now));
    if (const auto* because = std::get_if<MethodRefusal>(&proven)) return Refused(*because);
    const auto address = credentials::parse_mail_address(std::get<std::string>(proven));
    if (!address) return Refused(MethodRefusal::over);
    TRY(store(tenant, who, *address, facts));
    return Refused();
}

Result<void> AddRecoveryMail::store(const TenantSnapshot& tenant, const Registrant& who, const credentials::MailAddress& address,
                                    const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto& user = who.account.user;
    const auto known = contact_from(address);
    auto method      = TRY(contact_method(ports_, id, user.id, known, facts.now));
    // The user's version moves with it, so that there is one address when two are registered at once.
    std::vector<Change> changes{UserChanged{user}};
    const auto* old = contact_of(who.account, AuthMethod::email);
    if (old) changes.push_back(MethodRemoved{user.id, old->id});
    if (const auto ready = became_ready_to_reset(tenant, who.account, method, facts.now)) changes.push_back(*ready);
    changes.push_back(MethodRegistered{std::move(method)});
    // The address before hears of it too: `add_notice` finds it, for it is still stored.
    const auto words = old ? Words{{"address", known.masked}} : Words{{"method", std::string(to_string(AuthMethod::email))}};
    Told told{.notice = old ? Notice::addressChanged : Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}};
    told.other_addresses.push_back(address.text());
    TRY(add_notice(changes, ports_, tenant, user, told));
    TRY(commit_own(ports_, id, user.id, "AddRecoveryMail", std::move(changes), facts));
    return old ? end_resets(ports_, id, user.id, facts.now) : Result<void>{};
}

}  // namespace portcullis::app
