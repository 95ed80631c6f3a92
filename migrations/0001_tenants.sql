-- Tenants and their configuration. `version` moves with every change of configuration, so that a node can tell in one
-- cheap read whether the snapshot it holds is still true. Documents are JSON as the administrative API shows them.
-- Times are milliseconds since 1970 in UTC: the one form both engines store, compare and index alike.
CREATE TABLE tenants (
    id       TEXT   NOT NULL PRIMARY KEY,
    domain   TEXT   NOT NULL UNIQUE,
    settings TEXT   NOT NULL,
    version  BIGINT NOT NULL
);

CREATE TABLE applications (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    id        TEXT   NOT NULL,
    document  TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE policies (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    id        TEXT   NOT NULL,
    document  TEXT   NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE named_locations (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE signing_keys (
    tenant_id       TEXT   NOT NULL REFERENCES tenants (id),
    kid             TEXT   NOT NULL,
    alg             TEXT   NOT NULL,
    public_jwk      TEXT   NOT NULL,
    sealed_private  TEXT   NOT NULL,
    activates_at    BIGINT NOT NULL,
    retires_at      BIGINT NOT NULL,
    published_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kid)
);

-- Data keys of the envelope (PROTO-830), wrapped by the master key. Tenants of the keyring are not rows of `tenants`
-- yet when their first key is made, hence no reference.
CREATE TABLE data_keys (
    tenant_id     TEXT   NOT NULL,
    version       BIGINT NOT NULL,
    master_key_id TEXT   NOT NULL,
    wrapped       TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
