-- The MFA block list: nobody proves MFA as this person until the block ends or is lifted.
ALTER TABLE users ADD COLUMN mfa_blocked_at BIGINT;
ALTER TABLE users ADD COLUMN mfa_blocked_until BIGINT;
ALTER TABLE users ADD COLUMN mfa_blocked_by_report BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN mfa_block_reason TEXT NOT NULL DEFAULT '';
