#include "app/admin/issue_access_pass.h"

#include <fmt/format.h>

#include "app/notices.h"
#include "app/readable_secret.h"

namespace portcullis::app {

Result<IssuedPass> add_access_pass(std::vector<Change>& changes, Ports& ports, const TenantSnapshot& tenant, const Account& account,
                                   const credentials::WantedPass& wanted, Instant now) {
    const auto& settings = tenant.tenant.settings.methods.access_passes;
    const auto decided   = credentials::decide_pass(settings, wanted, now);
    if (const auto* problems = std::get_if<std::vector<std::string>>(&decided)) {
        return Error{ErrorCode::invalidRequest, fmt::format("{}", fmt::join(*problems, "; "))};
    }
    const auto& terms = std::get<credentials::PassTerms>(decided);
    IssuedPass issued{.pass = {.id          = ports.random.new_id<MethodId>(now),
                               .user        = account.user.id,
                               .phc         = {},
                               .is_one_time = terms.is_one_time,
                               .created_at  = now,
                               .starts_at   = terms.starts_at,
                               .ends_at     = terms.ends_at,
                               .used_at     = {}},
                      .code = readable_secret(ports.random, settings.length)};
    issued.pass.phc = TRY(ports.hasher.hash(issued.code));
    changes.push_back(AccessPassIssued{issued.pass});
    const Told told{.notice = Notice::accessPassCreated, .at = now, .from = nullptr, .words = {}, .other_addresses = {}};
    TRY(add_notice(changes, ports, tenant, account.user, told));
    return issued;
}

Result<IssuedPass> IssueAccessPass::operator()(const Admin& admin, UserId user, const credentials::WantedPass& wanted) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_other(admin, user));
    return decide_again_on_conflict([&] { return attempt(admin, user, wanted); });
}

Result<IssuedPass> IssueAccessPass::attempt(const Admin& admin, UserId user, const credentials::WantedPass& wanted) {
    const auto account = TRY(present_account(ports_, admin, user));
    TRY(require_above(admin, account));
    const auto tenant = TRY(ports_.tenants.snapshot(admin.tenant));
    std::vector<Change> changes;
    auto issued = TRY(add_access_pass(changes, ports_, *tenant, account, wanted, admin.now));
    TRY(commit_act(ports_, admin, "IssueAccessPass", std::move(changes)));
    return issued;
}

Result<void> DeleteAccessPass::operator()(const Admin& admin, UserId user) {
    TRY(require(admin, Capability::resetMethods));
    TRY(require_other(admin, user));
    return decide_again_on_conflict([&]() -> Result<void> {
        const auto account = TRY(present_account(ports_, admin, user));
        TRY(require_above(admin, account));
        if (!account.access_pass) return Error{ErrorCode::notFound, fmt::format("the user `{}` has no access pass", to_string(user))};
        return commit_act(ports_, admin, "DeleteAccessPass", {AccessPassDeleted{user, account.access_pass->id}});
    });
}

}  // namespace portcullis::app
