-- Browser sessions, grants (the families of refresh tokens) and refresh tokens, all by digest (PROTO-833).
CREATE TABLE sessions (
    tenant_id                   TEXT   NOT NULL REFERENCES tenants (id),
    id                          TEXT   NOT NULL,
    user_id                     TEXT   NOT NULL,
    reference_digest            TEXT   NOT NULL,
    cross_site_reference_digest TEXT   NOT NULL,
    state                       TEXT   NOT NULL,
    ended_because               TEXT   NOT NULL,
    document                    TEXT   NOT NULL,  -- facts (PROTO-182), JSON
    version                     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX sessions_by_reference ON sessions (tenant_id, reference_digest);
CREATE UNIQUE INDEX sessions_by_cross_site_reference ON sessions (tenant_id, cross_site_reference_digest);
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);

CREATE TABLE grants (
    tenant_id       TEXT   NOT NULL REFERENCES tenants (id),
    id              TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    client_id       TEXT   NOT NULL,
    session_id      TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    revoked_because TEXT   NOT NULL,
    document        TEXT   NOT NULL,
    expires_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX grants_by_session ON grants (tenant_id, session_id);
CREATE INDEX grants_by_user ON grants (tenant_id, user_id, state);

CREATE TABLE refresh_tokens (
    tenant_id        TEXT   NOT NULL,
    digest           TEXT   NOT NULL,
    grant_id         TEXT   NOT NULL,
    state            TEXT   NOT NULL,
    issued_at        BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    used_at          BIGINT,
    sealed_successor TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, digest),
    FOREIGN KEY (tenant_id, grant_id) REFERENCES grants (tenant_id, id)
);
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (tenant_id, grant_id);
