#include "app/ports/outbox.h"

namespace portcullis::app {

SealContext outbox_context(TenantId tenant, std::string_view row, std::string_view column) {
    return {.tenant = tenant, .table = "outbox", .row = row, .column = column};
}

}  // namespace portcullis::app
