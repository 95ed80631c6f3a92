-- The log lists interactive sign-ins unless asked otherwise; lines of tokens stand between them by the thousand.
CREATE INDEX sign_ins_interactive ON sign_ins (tenant_id, id) WHERE is_interactive = 1;
