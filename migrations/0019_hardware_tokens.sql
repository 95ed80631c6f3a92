-- Hardware OATH tokens: the inventory, from which each is one person's at most. What an activated one proves is listed as a method.
CREATE TABLE hardware_tokens (
    tenant_id        TEXT   NOT NULL REFERENCES tenants (id),
    id               TEXT   NOT NULL,
    serial_key       TEXT   NOT NULL,  -- the serial number in lower case: one of its kind in the tenant
    serial_number    TEXT   NOT NULL,
    manufacturer     TEXT   NOT NULL,
    model            TEXT   NOT NULL,
    sealed_secret    TEXT   NOT NULL,
    hash_function    TEXT   NOT NULL,
    interval_seconds BIGINT NOT NULL,
    drift            BIGINT NOT NULL,  -- steps its clock is ahead, as last learned
    last_used_step   BIGINT NOT NULL,  -- kept when it changes hands: a code works once, whosever the token was
    user_id          TEXT,             -- absent: available
    method_id        TEXT,             -- absent: not activated
    created_at       BIGINT NOT NULL,
    assigned_at      BIGINT,
    activated_at     BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, serial_key),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id, method_id) REFERENCES authentication_methods (tenant_id, user_id, id),
    CHECK (method_id IS NULL OR user_id IS NOT NULL)
);
CREATE UNIQUE INDEX hardware_tokens_of ON hardware_tokens (tenant_id, user_id, id) WHERE user_id IS NOT NULL;
