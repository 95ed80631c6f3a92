#include "app/add_recovery_phone.h"

#include <algorithm>

#include "app/commit_own.h"
#include "app/contact_methods.h"
#include "app/contact_proof.h"
#include "app/notices.h"
#include "app/reset_facts.h"
#include "app/reset_flow.h"

namespace portcullis::app {
namespace {

using namespace std::chrono_literals;
using Refused = std::optional<MethodRefusal>;

constexpr Duration kCode = 5min;  // credentials.md §6.3
constexpr int kDigits    = 6;

AuthMethod method_of(PhoneCode::Way way) { return way == PhoneCode::Way::sms ? AuthMethod::sms : AuthMethod::voice; }

}  // namespace

bool may_add_phone(const TenantSnapshot& tenant, const Account& account, PhoneCode::Way way, Instant now) {
    const auto& settings = tenant.tenant.settings;
    if (settings.reset.scope == identity::ResetScope::none || settings.phone.countries.empty()) return false;
    return credentials::is_asked_for(settings.reset, reset_facts(tenant, account, now), method_of(way));
}

Result<Refused> AddRecoveryPhone::objection(const TenantSnapshot& tenant, const Registrant& who, const RequestFacts& facts) {
    const bool is_of_use = may_add_phone(tenant, who.account, PhoneCode::Way::sms, facts.now) || may_add_phone(tenant, who.account, PhoneCode::Way::voice, facts.now);
    if (!is_of_use) return Refused(MethodRefusal::unknown);
    if (!is_in_time(who, facts.now)) return Refused(MethodRefusal::notFresh);
    return refusal_at_bar(ports_, tenant, who, facts);
}

Result<Refused> AddRecoveryPhone::begin(const TenantSnapshot& tenant, const Registrant& who, const credentials::PhoneNumber& number,
                                        PhoneCode::Way way, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    if (!is_freshly_proven(who, facts.now)) return Refused(MethodRefusal::notFresh);
    if (!may_add_phone(tenant, who.account, way, facts.now) || !credentials::is_country_allowed(tenant.tenant.settings.phone, number)) return Refused(MethodRefusal::unknown);
    if (credentials::is_virtual(number)) return Refused(MethodRefusal::unknown);

    const auto& user = who.account.user;
    const PhoneCode code{.way        = way,
                         .number     = number,
                         .code       = random_digits(ports_.random, kDigits),
                         .at         = facts.now,
                         .expires_at = facts.now + kCode};
    PhoneCodes codes(ports_);
    if (TRY(codes.charge(tenant, user.id, code))) return Refused(MethodRefusal::tooMany);
    auto message = TRY(codes.message(tenant, user, code));
    TRY(ContactProof(ports_, "recoveryPhone").await(tenant.tenant.id, who, number.e164(), code.code, code.expires_at));
    TRY(commit_own(ports_, tenant.tenant.id, user.id, "ProveRecoveryPhone", {std::move(message)}, facts));
    return Refused();
}

Result<Refused> AddRecoveryPhone::finish(const TenantSnapshot& tenant, const Registrant& who, std::string_view code, const RequestFacts& facts) {
    if (const auto refused = TRY(objection(tenant, who, facts))) return Refused(*refused);
    const auto proven = TRY(ContactProof(ports_, "recoveryPhone").prove(tenant.tenant.id, who, code, facts.now));
    if (const auto* because = std::get_if<MethodRefusal>(&proven)) return Refused(*because);
    const auto number = credentials::parse_phone_number(std::get<std::string>(proven));
    if (!number) return Refused(MethodRefusal::over);
    TRY(store(tenant, who, *number, facts));
    return Refused();
}

Result<void> AddRecoveryPhone::store(const TenantSnapshot& tenant, const Registrant& who, const credentials::PhoneNumber& number, const RequestFacts& facts) {
    const auto id    = tenant.tenant.id;
    const auto& user = who.account.user;
    auto method      = TRY(contact_method(ports_, id, user.id, contact_from(number), facts.now));
    // The user's version moves with it, so that there is one number when two are registered at once.
    std::vector<Change> changes{UserChanged{user}};
    const auto* old = contact_of(who.account, AuthMethod::sms);
    if (old) changes.push_back(MethodRemoved{user.id, old->id});
    if (const auto ready = became_ready_to_reset(tenant, who.account, method, facts.now)) changes.push_back(*ready);
    changes.push_back(MethodRegistered{std::move(method)});
    const Words words{{"method", std::string(to_string(AuthMethod::sms))}};
    TRY(add_notice(changes, ports_, tenant, user, {.notice = Notice::methodAdded, .at = facts.now, .from = &facts, .words = words, .other_addresses = {}}));
    TRY(commit_own(ports_, id, user.id, "AddRecoveryPhone", std::move(changes), facts));
    return old ? end_resets(ports_, id, user.id, facts.now) : Result<void>{};
}

}  // namespace portcullis::app
