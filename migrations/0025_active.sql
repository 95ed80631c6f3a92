-- What is asked of a person's sessions and grants, and of what is on a device of theirs, is asked of the active ones only: one index
-- of those each, by the person; sessions are listed by id. A person's devices are few, and are sorted as they are read.
DROP INDEX sessions_by_user;
DROP INDEX sessions_by_device;
CREATE INDEX sessions_active ON sessions (tenant_id, user_id, id, device_id) WHERE state = 'active';
DROP INDEX grants_by_session;
DROP INDEX grants_by_user;
DROP INDEX grants_by_device;
CREATE INDEX grants_active ON grants (tenant_id, user_id, device_id) WHERE state = 'active';
DROP INDEX devices_by_user;
-- A reference names its session, and opens it by its digest.
DROP INDEX sessions_by_reference;
DROP INDEX sessions_by_cross_site_reference;
