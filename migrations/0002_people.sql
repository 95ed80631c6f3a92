-- Accounts and what they prove themselves with.
CREATE TABLE users (
    tenant_id                  TEXT   NOT NULL REFERENCES tenants (id),
    id                         TEXT   NOT NULL,
    upn_key                    TEXT,            -- folded name; null once deleted, so that the name is free again
    user_principal_name        TEXT   NOT NULL,
    display_name               TEXT   NOT NULL,
    given_name                 TEXT   NOT NULL,
    surname                    TEXT   NOT NULL,
    mail                       TEXT   NOT NULL,
    phone_number               TEXT   NOT NULL,
    preferred_language         TEXT   NOT NULL,
    user_type                  TEXT   NOT NULL,
    account_enabled            BIGINT NOT NULL,
    created_at                 BIGINT NOT NULL,
    deleted_at                 BIGINT,
    sessions_valid_from        BIGINT NOT NULL,
    mfa_registration_deadline  BIGINT,
    version                    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX users_by_upn ON users (tenant_id, upn_key);

CREATE TABLE passwords (
    tenant_id   TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    phc         TEXT   NOT NULL,
    history     TEXT   NOT NULL,  -- JSON array of earlier verifiers, newest first
    changed_at  BIGINT NOT NULL,
    generation  BIGINT NOT NULL,
    must_change BIGINT NOT NULL,
    expires_at  BIGINT,
    version     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE authentication_methods (
    tenant_id      TEXT   NOT NULL,
    user_id        TEXT   NOT NULL,
    id             TEXT   NOT NULL,
    kind           TEXT   NOT NULL,
    display_name   TEXT   NOT NULL,
    sealed_secret  TEXT   NOT NULL,
    last_used_step BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE directory_groups (
    tenant_id    TEXT   NOT NULL REFERENCES tenants (id),
    id           TEXT   NOT NULL,
    display_name TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE group_members (
    tenant_id TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, group_id, user_id),
    FOREIGN KEY (tenant_id, group_id) REFERENCES directory_groups (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX group_members_by_user ON group_members (tenant_id, user_id);

CREATE TABLE group_nesting (
    tenant_id TEXT NOT NULL,
    parent_id TEXT NOT NULL,
    child_id  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, parent_id, child_id),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES directory_groups (tenant_id, id),
    FOREIGN KEY (tenant_id, child_id) REFERENCES directory_groups (tenant_id, id)
);
CREATE INDEX group_nesting_by_child ON group_nesting (tenant_id, child_id);

CREATE TABLE role_assignments (
    tenant_id TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    role_id   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, role_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
