#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ports/change.h"
#include "app/ports/sealer.h"
#include "base/result.h"

namespace portcullis::app {

/// Where a sealed member of a message is kept: `column` is `body` or `html`, `row` the message's id as text.
SealContext outbox_context(TenantId tenant, std::string_view row, std::string_view column);

/// A message somebody has claimed for sending.
struct QueuedMessage {
    TenantId tenant;
    Message message;
    Instant queued_at;
    int attempts = 0;     // this one counted
    Instant claimed_until;  // until then nobody else gets it
};

/// A message as an operator sees it: never what it says.
struct OutboxEntry {
    MailId id;
    std::string channel, to;
    bool is_dead = false;
    int attempts = 0;
    Instant queued_at, due_at;  // of a dead one: when it was given up
    std::string because;        // why it did not go out, last time; words and reply codes, no addresses
};

/// How many there are, over all tenants.
struct OutboxCounts {
    std::int64_t waiting = 0, dead = 0;
    std::optional<Instant> oldest_waiting;
};

/// Messages committed and not yet sent; `jobs/` sends them. Errors of all: unavailable.
class Outbox {
public:
    virtual ~Outbox() = default;
    /// Takes the message of the channel that is due longest; nobody else, on any node, gets it before `until`.
    virtual Result<std::optional<QueuedMessage>> claim(std::string_view channel, Instant now, Instant until) = 0;
    /// It went out: nothing of it is kept.
    virtual Result<void> sent(const QueuedMessage& message) = 0;
    /// It is due again at `due`; nothing happens when the claim has run out and somebody else has it.
    virtual Result<void> put_off(const QueuedMessage& message, Instant due, std::string_view because) = 0;
    /// It is dead: content is wiped, recipient and reason stay; nothing happens when somebody else has it.
    virtual Result<void> give_up(const QueuedMessage& message, Instant now, std::string_view because) = 0;
    /// Gives up what nobody is sending and is over: past its end, or queued before `queued_before`. How many.
    virtual Result<std::int64_t> give_up_overdue(Instant now, Instant queued_before) = 0;
    /// Forgets what died before; how many.
    virtual Result<std::int64_t> forget_dead(Instant before) = 0;

    virtual Result<OutboxCounts> counts() const = 0;
    /// The latest of a tenant, newest first.
    virtual Result<std::vector<OutboxEntry>> latest(TenantId tenant, int most) const = 0;
};

/// A message as it is handed to the way out: opened.
struct Letter {
    Message message;
    Instant queued_at;  // the date it bears: a repeated letter is the same, byte for byte
};

/// The way out for messages of one channel. What an Error says stands in the outbox and the log: no addresses, no content.
class Messenger {
public:
    virtual ~Messenger() = default;
    /// Errors: unavailable (the way out is closed for all, try later), tooManyRequests (not this one now, try later),
    /// invalidRequest (this one will never go).
    virtual Result<void> send(const Letter& letter) = 0;
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

/// `about`: done by this account, or to it. `name`: of the act, exactly. Absent and empty: every one.
struct AuditQuery {
    int most                    = 50;
    std::optional<UserId> about = {};
    std::string name            = {};
};

class AuditLog {
public:
    virtual ~AuditLog() = default;
    /// Newest first. Errors: unavailable.
    virtual Result<std::vector<AuditRecord>> latest(TenantId tenant, const AuditQuery& query) const = 0;
};

}  // namespace portcullis::app
