-- Risk lives on detections; risky_users is a projection written in the same commit. The sign-in log keeps the searched
-- members as columns and the whole record as a document.
CREATE TABLE risk_detections (
    tenant_id  TEXT   NOT NULL REFERENCES tenants (id),
    id         TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    sign_in_id TEXT,
    type       TEXT   NOT NULL,
    level      TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    detected_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX risk_detections_by_user ON risk_detections (tenant_id, user_id, state);
CREATE INDEX risk_detections_by_sign_in ON risk_detections (tenant_id, sign_in_id);

CREATE TABLE risky_users (
    tenant_id     TEXT   NOT NULL REFERENCES tenants (id),
    user_id       TEXT   NOT NULL,
    level         TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    detail        TEXT   NOT NULL,
    is_deleted    BIGINT NOT NULL,
    is_processing BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX risky_users_by_update ON risky_users (tenant_id, state, updated_at);

CREATE TABLE risk_history (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    id        TEXT   NOT NULL,
    user_id   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    document  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX risk_history_by_user ON risk_history (tenant_id, user_id, at);

-- What is usual for a user: one small row, updated in place.
CREATE TABLE familiarity_profiles (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    user_id   TEXT   NOT NULL,
    profile   BYTEA  NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

-- What is usual for everybody in a tenant; a job writes it, detectors read it with the tenant's snapshot.
CREATE TABLE population_shares (
    tenant_id TEXT   NOT NULL PRIMARY KEY REFERENCES tenants (id),
    shares    BYTEA  NOT NULL,
    version   BIGINT NOT NULL
);

CREATE TABLE sign_ins (
    tenant_id                 TEXT   NOT NULL REFERENCES tenants (id),
    id                        TEXT   NOT NULL,
    user_id                   TEXT   NOT NULL,
    user_principal_name       TEXT   NOT NULL,
    application_id            TEXT   NOT NULL,
    correlation_id            TEXT   NOT NULL,
    request_id                TEXT   NOT NULL,
    created_at                BIGINT NOT NULL,
    is_interactive            BIGINT NOT NULL,
    error_code                BIGINT NOT NULL,
    ip_address                TEXT   NOT NULL,
    risk_level_during_sign_in TEXT   NOT NULL,
    risk_level_aggregated     TEXT   NOT NULL,
    risk_state                TEXT   NOT NULL,
    risk_detail               TEXT   NOT NULL,
    conditional_access_status TEXT   NOT NULL,
    document                  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sign_ins_by_user ON sign_ins (tenant_id, user_id, created_at);
