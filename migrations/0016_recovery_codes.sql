-- Codes for resetting a password, one row each until it is used; a set belongs to the authentication method it is listed as.
CREATE TABLE recovery_codes (
    tenant_id TEXT   NOT NULL,
    user_id   TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    method_id TEXT   NOT NULL,
    phc       TEXT   NOT NULL,  -- Argon2id
    PRIMARY KEY (tenant_id, user_id, number),
    FOREIGN KEY (tenant_id, user_id, method_id) REFERENCES authentication_methods (tenant_id, user_id, id)
);
-- MFA that sessions and grants claim from before this moment is void; what they prove by password stays.
ALTER TABLE users ADD COLUMN mfa_valid_from BIGINT NOT NULL DEFAULT 0;
