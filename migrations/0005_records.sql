-- The audit log is the write path: every act leaves a row here in the transaction that changed the state. The outbox
-- holds what must reach the outside. Flows are short-lived state with an end: interactions, codes, counters.
CREATE TABLE audit (
    tenant_id      TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    actor_kind     TEXT   NOT NULL,
    actor_id       TEXT   NOT NULL,
    actor_name     TEXT   NOT NULL,
    at             BIGINT NOT NULL,
    correlation_id TEXT   NOT NULL,
    changes        TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE outbox (
    tenant_id TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    channel   TEXT   NOT NULL,
    recipient TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    queued_at BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    attempts  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX outbox_by_due ON outbox (due_at);

CREATE TABLE flows (
    tenant_id  TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    number     BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, key)
);
CREATE INDEX flows_by_end ON flows (expires_at);
