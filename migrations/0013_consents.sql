-- What a person let an application do in their name (PROTO-119).
CREATE TABLE consents (
    tenant_id  TEXT   NOT NULL REFERENCES tenants (id),
    user_id    TEXT   NOT NULL,
    client_id  TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,  -- single spaces between: OpenID scopes, and `{resource id}/{permission}`
    given_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, client_id)
);
