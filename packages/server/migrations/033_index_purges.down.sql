-- step online: no tenants by when theirs is purged
drop index concurrently if exists tenant_usage_purges_at;

-- step: what was erased leaves the index when it is merged
-- Once more after an interruption: each step may find its work done.
alter table tenant_usage drop column if exists purges_at, drop column if exists purge_version;
