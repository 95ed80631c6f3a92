#include "app/commit_own.h"

namespace portcullis::app {

Result<void> commit_own(Ports& ports, TenantId tenant, UserId owner, std::string name, std::vector<Change> changes, const RequestFacts& facts) {
    return ports.journal.commit({.tenant      = tenant,
                                 .id          = ports.random.new_id<ActId>(facts.now),
                                 .name        = std::move(name),
                                 .by          = {risk::ActorKind::user, owner, ""},
                                 .at          = facts.now,
                                 .correlation = facts.correlation,
                                 .changes     = std::move(changes)});
}

}  // namespace portcullis::app
