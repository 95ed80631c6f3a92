-- What a person signs in on, one row a person and device, so that it can be disabled (CRED-070). Sessions and grants from before
-- belong to no device; a session gets its one when it is next used with its recognition cookie.
CREATE TABLE devices (
    tenant_id          TEXT   NOT NULL REFERENCES tenants (id),
    id                 TEXT   NOT NULL,
    user_id            TEXT   NOT NULL,
    kind               TEXT   NOT NULL,
    recognition_digest TEXT   NOT NULL,  -- of the recognition cookie or the workstation's key (PROTO-833)
    display_name       TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    last_seen_at       BIGINT NOT NULL,
    ip_address         TEXT   NOT NULL,
    country            TEXT   NOT NULL,
    disabled_at        BIGINT,
    disabled_by        TEXT   NOT NULL,
    disabled_because   TEXT   NOT NULL,
    valid_from         BIGINT,           -- what began on it up to then is void, whether it is enabled again or not
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX devices_by_recognition ON devices (tenant_id, user_id, recognition_digest);
CREATE INDEX devices_by_user ON devices (tenant_id, user_id, last_seen_at, id);
CREATE INDEX devices_by_last_seen ON devices (tenant_id, last_seen_at);
ALTER TABLE sessions ADD COLUMN device_id TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN device_id TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_by_device ON sessions (tenant_id, device_id);
CREATE INDEX grants_by_device ON grants (tenant_id, device_id);
