#include "adapters/sql/standings.h"

#include "adapters/sql/directory.h"
#include "adapters/sql/risk_detections.h"
#include "adapters/sql/sessions.h"

namespace portcullis::sql {

Result<app::Standing> SqlStandings::of(TenantId tenant, const identity::Grant& grant) const {
    const std::array<Value, 2> of_user{tenant, grant.user}, of_session{tenant, grant.session};
    const std::array<Value, 3> of_devices{tenant, grant.device, grant.session};
    std::vector<Query> queries{{session_by_id(), of_session}, {active_detections_of_user(), of_user}, {devices_of_grant(), of_devices}};
    add_account_queries(queries, account_by_id(), of_user);
    const auto answers = TRY(db_.read(queries));

    auto session    = TRY(session_in(answers[0]));
    auto detections = TRY(detections_in(answers[1]));
    return app::Standing{.account           = account_in(std::span(answers).subspan(3)),
                         .session           = std::move(session),
                         .active_detections = std::move(detections),
                         .devices           = devices_in(answers[2])};
}

}  // namespace portcullis::sql
