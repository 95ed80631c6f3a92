-- What the operator imported from the FIDO Metadata Service: which document is held, and of each model what a registration asks.
-- Of the installation, not of a tenant. Both tables are replaced in one transaction.
CREATE TABLE passkey_metadata (
    id          BIGINT NOT NULL PRIMARY KEY,  -- 1: there is one
    number      BIGINT NOT NULL,              -- `no` of the document; never goes down
    next_update BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    checked_at  BIGINT NOT NULL
);

CREATE TABLE passkey_models (
    aaguid         TEXT   NOT NULL PRIMARY KEY,
    description    TEXT   NOT NULL,
    is_fido2       BIGINT NOT NULL,
    verifies_user  BIGINT NOT NULL,
    keeps_passkeys BIGINT NOT NULL,
    is_hardware    BIGINT NOT NULL,
    certification  BIGINT NOT NULL,  -- 0 none, 1 L1, 2 L1plus, … 6 L3plus
    compromised    TEXT   NOT NULL,  -- the status that says so; empty: none does
    roots          TEXT   NOT NULL   -- JSON array of X.509 certificates, DER in base64
);
