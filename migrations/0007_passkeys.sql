-- WebAuthn credentials: one row beside the authentication method it belongs to. Binary values are base64url.
CREATE TABLE passkeys (
    tenant_id          TEXT   NOT NULL,
    credential_id      TEXT   NOT NULL,  -- names one credential in the tenant: a sign-in may bring nothing else
    user_id            TEXT   NOT NULL,
    method_id          TEXT   NOT NULL,
    public_key         TEXT   NOT NULL,  -- COSE_Key
    user_handle        TEXT   NOT NULL,  -- random; stands for the user at the authenticator
    aaguid             TEXT   NOT NULL,
    attestation        TEXT   NOT NULL,  -- format of the statement
    is_attested        BIGINT NOT NULL,
    is_backup_eligible BIGINT NOT NULL,
    is_backed_up       BIGINT NOT NULL,
    is_clone_suspected BIGINT NOT NULL,
    sign_count         BIGINT NOT NULL,
    transports         TEXT   NOT NULL,  -- JSON array
    last_used_at       BIGINT,
    PRIMARY KEY (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, user_id, method_id) REFERENCES authentication_methods (tenant_id, user_id, id)
);
CREATE UNIQUE INDEX passkeys_by_method ON passkeys (tenant_id, user_id, method_id);
