-- step online: no memories by how long they are idle
drop index concurrently if exists memories_user_id_idle;

-- step online: no tenants by when theirs are looked at
drop index concurrently if exists tenant_usage_forgets_at;

-- step: nothing is forgotten by itself
-- Once more after an interruption: each step may find its work done.
alter table tenant_usage drop column if exists forgets_at, drop column if exists forget_after_days;
