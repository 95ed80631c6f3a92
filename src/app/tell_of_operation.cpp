#include "app/tell_of_operation.h"

#include <map>

#include "app/notices.h"
#include "app/tell_in_one_act.h"
#include "core/notices/schedule.h"

namespace portcullis::app {
namespace {

std::vector<notices::KeyLife> lives_of(const TenantSnapshot& tenant) {
    std::vector<notices::KeyLife> lives;
    for (const auto& key : tenant.keys) lives.push_back({key.alg, key.retires_at});
    return lives;
}

Detail detail_of(const notices::Trouble& trouble) {
    Detail detail{"fact.detail", trouble.text, {{"what", trouble.what}}};
    if (trouble.date) detail.words.emplace_back("date", to_rfc3339(*trouble.date));
    return detail;
}

}  // namespace

Result<int> TellOfOperation::operator()(const notices::Operation& operation, Instant now) {
    return tell_every_tenant(TRY(ports_.tenants.all()), [&](const identity::Tenant& tenant) -> Result<int> {
        if (!tenant.settings.notices.tells_of_operation) return 0;
        return tell(*TRY(ports_.tenants.snapshot(tenant.id)), operation, now);
    });
}

Result<int> TellOfOperation::tell(const TenantSnapshot& tenant, const notices::Operation& operation, Instant now) {
    const auto id = tenant.tenant.id;
    struct Due {
        std::vector<Detail> details;
        std::vector<Change> marks;
    };
    std::map<Notice, Due> due;
    for (const auto& trouble : notices::troubles_of(operation, lives_of(tenant), now)) {
        const auto last = TRY(store_.told_at(id, trouble.mark));
        if (last && !notices::is_due(*last, trouble.again, now)) continue;
        due[trouble.notice].details.push_back(detail_of(trouble));
        due[trouble.notice].marks.emplace_back(NoticeMarked{trouble.mark, last, now});
    }
    int told = 0;
    for (auto& [notice, of_kind] : due) {
        Told what{.notice = notice, .at = now, .from = nullptr, .words = {}, .other_addresses = {}};
        what.details = std::move(of_kind.details);
        Telling telling{.name = "TellOfOperation", .marks = std::move(of_kind.marks), .mails = {}};
        TRY(tell_administrators(telling.mails, ports_, tenant, {}, what));
        if (TRY(tell_in_one_act(ports_, id, std::move(telling), now))) ++told;
    }
    return told;
}

}  // namespace portcullis::app
