#pragma once

#include <vector>

#include "app/ports/change.h"
#include "base/result.h"

namespace portcullis::app {

struct QueuedMessage {
    TenantId tenant;
    Message message;
    Instant queued_at;
    int attempts = 0;
};

/// Messages committed and not yet sent; `jobs/` sends them. Errors of all: unavailable.
class Outbox {
public:
    virtual ~Outbox() = default;
    /// Takes up to `most` due messages for sending; nobody else gets them until `retry_at`.
    virtual Result<std::vector<QueuedMessage>> claim(Instant now, Instant retry_at, int most) = 0;
    virtual Result<void> sent(const QueuedMessage& message) = 0;
};

/// The way out for messages of one channel.
class Messenger {
public:
    virtual ~Messenger() = default;
    /// Errors: unavailable (try again later), invalidRequest (will never work).
    virtual Result<void> send(const Message& message, Instant at) = 0;
};

/// One audited act, as the log shows it.
struct AuditRecord {
    TenantId tenant;
    ActId id;
    std::string name;
    std::string actor_kind;
    UserId actor;
    std::string actor_name;
    Instant at;
    CorrelationId correlation;
    std::string changes;  // JSON array of {"change", ...}: ids and words, no secrets
};

class AuditLog {
public:
    virtual ~AuditLog() = default;
    virtual Result<std::vector<AuditRecord>> latest(TenantId tenant, int most) const = 0;
};

}  // namespace portcullis::app
