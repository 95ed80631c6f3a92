#include "app/admin/registration_report.h"

#include <algorithm>

#include "app/registration_policy.h"
#include "app/second_factors.h"
#include "core/credentials/method_roles.h"

namespace portcullis::app {
namespace {

constexpr int kPage = 500;

RegistrationLine line_of(const TenantSnapshot& tenant, Account account, Instant now) {
    account.access_pass.reset();  // opens the door and registers nobody
    const auto& user = account.user;
    RegistrationLine line{.user                = user.id,
                          .user_principal_name = user.user_principal_name,
                          .is_registered       = credentials::has_second_factor(account.methods),
                          .is_capable          = !second_factors(tenant, account, now).empty(),
                          .is_excluded         = is_left_out_of_registration(tenant, user.id),
                          .days_left           = {}};
    if (line.is_registered || line.is_excluded || !user.mfa_registration_deadline) return line;
    const auto left = std::max(Duration{0}, *user.mfa_registration_deadline - now);
    line.days_left  = static_cast<int>(std::chrono::ceil<std::chrono::days>(left).count());
    return line;
}

}  // namespace

Result<RegistrationReport> registration_report(Ports& ports, const Admin& admin) {
    TRY(require(admin, Capability::viewLogs));
    const auto tenant = TRY(ports.tenants.snapshot(admin.tenant));
    RegistrationReport report;
    for (std::string after;;) {
        const auto users = TRY(ports.directory.users(admin.tenant, {.after = after, .most = kPage}));
        for (const auto& user : users) {
            const auto account = user.account_enabled && !user.deleted_at ? TRY(ports.directory.account(admin.tenant, user.id)) : std::nullopt;
            if (!account) continue;
            report.lines.push_back(line_of(*tenant, *account, admin.now));
            ++report.users;
            report.registered += report.lines.back().is_registered ? 1 : 0;
            report.capable += report.lines.back().is_capable ? 1 : 0;
        }
        if (users.size() < kPage) return report;
        after = ports.text.upn_key(users.back().user_principal_name).value_or("");
    }
}

}  // namespace portcullis::app
