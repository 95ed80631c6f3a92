-- What administrators were told and are still to be told. A user's alert is written in the act that raises their risk, and is told
-- while its activity is newer than the one behind the last mail; a mark says when administrators were told of a kind of thing last.
-- Both move in the act that queues the mails, so that of any number of nodes one tells, and nothing is told that is not stored.
CREATE TABLE risk_alerts (
    tenant_id        TEXT   NOT NULL REFERENCES tenants (id),
    user_id          TEXT   NOT NULL,
    level            BIGINT NOT NULL,  -- 1 low, 2 medium, 3 high: the highest since the last mail
    activity_at      BIGINT NOT NULL,
    raised_at        BIGINT NOT NULL,
    told_activity_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX risk_alerts_waiting ON risk_alerts (tenant_id, activity_at) WHERE activity_at > told_activity_at;

CREATE TABLE notice_marks (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    kind      TEXT   NOT NULL,
    told_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);

-- The digest of a week counts sign-ins that had risk, whoever they were of.
CREATE INDEX sign_ins_risky ON sign_ins (tenant_id, id) WHERE risk_state <> 'none';
