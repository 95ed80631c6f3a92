-- A message has a form for mail readers beside the plain one, may be sealed because it holds a code, and may end before it
-- is sent. One that will not go out is dead: its content is wiped and what remains says whose it was and why.
ALTER TABLE outbox ADD COLUMN html TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN is_sealed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN expires_at BIGINT;
ALTER TABLE outbox ADD COLUMN is_claimed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';
ALTER TABLE outbox ADD COLUMN because TEXT NOT NULL DEFAULT '';
DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_due ON outbox (state, channel, due_at);
