-- What people were told of their accounts, so that they can read it again (UX-81); what a person says of a sign-in of theirs
-- (UX-80): `mine`, `notMine`, or nothing yet. Their list of a month is paged by id, and what is unusual stands above it.
CREATE TABLE alerts (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    id        TEXT   NOT NULL,
    user_id   TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    document  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX alerts_by_user ON alerts (tenant_id, user_id, id);
ALTER TABLE sign_ins ADD COLUMN owner_says TEXT NOT NULL DEFAULT 'none';
DROP INDEX sign_ins_by_user;
CREATE INDEX sign_ins_of_person ON sign_ins (tenant_id, user_id, id) WHERE is_interactive = 1;
CREATE INDEX sign_ins_unusual ON sign_ins (tenant_id, user_id, id) WHERE risk_state <> 'none';
