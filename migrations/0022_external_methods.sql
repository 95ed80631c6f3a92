-- Providers of MFA outside that a tenant trusts, as Graph's externalAuthenticationMethodConfiguration documents.
CREATE TABLE external_methods (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
