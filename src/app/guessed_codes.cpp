#include "app/guessed_codes.h"

#include <string>

#include "app/notices.h"
#include "core/credentials/lockout.h"

namespace portcullis::app {

Result<std::vector<Change>> guessed_codes_notice(Ports& ports, const TenantSnapshot& tenant, const identity::User& user, const RequestFacts* from, Instant at) {
    const Words words{{"count", std::to_string(credentials::kFactorAlertFailures)}};
    std::vector<Change> changes;
    TRY(add_notice(changes, ports, tenant, user, {.notice = Notice::codesGuessed, .at = at, .from = from, .words = words, .other_addresses = {}}));
    return changes;
}

}  // namespace portcullis::app
