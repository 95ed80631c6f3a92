-- What people answered to questions about their methods at sign-in, and which reminders of a registration period were sent.
CREATE TABLE registration_prompts (
    tenant_id          TEXT   NOT NULL,
    user_id            TEXT   NOT NULL,
    reset_confirmed_at BIGINT,           -- what a reset asks for was looked at, or became enough
    campaign_skips     BIGINT NOT NULL,  -- of the registration campaign, since it was followed last
    campaign_due_at    BIGINT,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

-- A period is known by its end: one that begins anew is reminded of anew.
CREATE TABLE registration_reminders (
    tenant_id TEXT   NOT NULL,
    user_id   TEXT   NOT NULL,
    deadline  BIGINT NOT NULL,
    sent      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX users_registering ON users (tenant_id, mfa_registration_deadline) WHERE mfa_registration_deadline IS NOT NULL;
