-- A tenant's own authentication strengths, beside the built-in ones, as Graph's authenticationStrengthPolicy documents.
CREATE TABLE authentication_strengths (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id        TEXT NOT NULL,
    document  TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
