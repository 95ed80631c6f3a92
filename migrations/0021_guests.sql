-- Guests sign in under the address they were invited at, and a sign-in page asks whether a tenant has any.
CREATE INDEX users_guests ON users (tenant_id, lower(mail)) WHERE user_type = 'guest' AND deleted_at IS NULL;
