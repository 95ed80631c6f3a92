-- Which of a person's methods is asked for first. At most one; the write that sets one clears the others.
ALTER TABLE authentication_methods ADD COLUMN is_default BIGINT NOT NULL DEFAULT 0;
