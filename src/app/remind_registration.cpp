#include "app/remind_registration.h"

#include <chrono>

#include "app/external_methods.h"
#include "app/notices.h"
#include "app/registration_policy.h"
#include "app/tell_in_one_act.h"
#include "core/credentials/method_roles.h"
#include "core/credentials/registration_prompts.h"

namespace portcullis::app {
namespace {

constexpr int kPage       = 500;
constexpr int kRemindMost = 1000;  // a tenant and run: others have their turn

}  // namespace

Result<int> RemindRegistration::operator()(Instant now) {
    return tell_every_tenant(TRY(ports_.tenants.all()), [&](const identity::Tenant& tenant) -> Result<int> {
        if (!tenant.settings.registration.is_enabled) return 0;
        return remind(*TRY(ports_.tenants.snapshot(tenant.id)), now);
    });
}

Result<int> RemindRegistration::remind(const TenantSnapshot& tenant, Instant now) {
    int reminded = 0;
    for (UserId after; reminded < kRemindMost;) {
        const auto page = TRY(ports_.directory.registering(tenant.tenant.id, now, after, kPage));
        for (const auto& one : page) {
            if (TRY(remind_one(tenant, one, now)) && ++reminded == kRemindMost) return reminded;
        }
        if (page.size() < kPage) return reminded;
        after = page.back().user.id;
    }
    return reminded;
}

Result<bool> RemindRegistration::remind_one(const TenantSnapshot& tenant, const Registering& one, Instant now) {
    const auto& user    = one.user;
    const auto deadline = *user.mfa_registration_deadline;
    const auto due      = credentials::reminders_due(tenant.tenant.settings.registration.grace, deadline, now);
    if (due <= one.reminders || is_left_out_of_registration(tenant, user.id)) return false;
    const auto account = TRY(ports_.directory.account(tenant.tenant.id, user.id));
    if (!account || has_mfa(tenant, *account)) return false;

    const auto left = std::chrono::ceil<std::chrono::days>(deadline - now).count();
    std::vector<Change> changes{RegistrationReminded{user.id, deadline, due}};
    TRY(add_notice(changes, ports_, tenant, user,
                   {.notice = Notice::registrationReminder, .at = now, .from = nullptr,
                    .words = {{"date", to_rfc3339(deadline)}, {"days", std::to_string(left)}}, .other_addresses = {}}));
    const auto sent = ports_.journal.commit({.tenant      = tenant.tenant.id,
                                             .id          = ports_.random.new_id<ActId>(now),
                                             .name        = "RemindRegistration",
                                             .by          = {.id = {}, .name = "reminders"},
                                             .at          = now,
                                             .correlation = ports_.random.new_id<CorrelationId>(now),
                                             .changes     = std::move(changes)});
    if (sent) return true;
    if (sent.error().code == ErrorCode::conflict) return false;  // another node was faster
    return sent.error();
}

}  // namespace portcullis::app
