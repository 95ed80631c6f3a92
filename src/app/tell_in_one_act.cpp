#include "app/tell_in_one_act.h"

#include <iterator>

namespace portcullis::app {

Result<bool> tell_in_one_act(Ports& ports, TenantId tenant, Telling telling, Instant now) {
    if (telling.mails.empty()) return false;
    auto changes = std::move(telling.marks);
    changes.insert(changes.end(), std::make_move_iterator(telling.mails.begin()), std::make_move_iterator(telling.mails.end()));
    const auto told = ports.journal.commit({.tenant      = tenant,
                                            .id          = ports.random.new_id<ActId>(now),
                                            .name        = std::move(telling.name),
                                            .by          = {.id = {}, .name = "notices"},
                                            .at          = now,
                                            .correlation = ports.random.new_id<CorrelationId>(now),
                                            .changes     = std::move(changes)});
    if (told) return true;
    if (told.error().code == ErrorCode::conflict) return false;
    return told.error();
}

}  // namespace portcullis::app
