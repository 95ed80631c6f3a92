-- When a data key was made: the one before it is kept for a day, for what was under way (PROTO-831). Keys made before this
-- column count as old, which they are once the newest has its time.
ALTER TABLE data_keys ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
