-- Temporary access passes: one a person, the newest. The pass itself is known to nobody but who was given it.
CREATE TABLE access_passes (
    tenant_id   TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    id          TEXT   NOT NULL,
    phc         TEXT   NOT NULL,  -- Argon2id
    is_one_time BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    starts_at   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    used_at     BIGINT,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
