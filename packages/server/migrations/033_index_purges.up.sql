-- What was erased leaves the index too.

-- step: when, and what of it
-- Null: nothing waits. What died at this version or before is taken out of the blocks that hold it.
alter table tenant_usage add column purges_at double precision, add column purge_version bigint;

-- step online: tenants whose index is to be purged
create index concurrently if not exists tenant_usage_purges_at on tenant_usage (purges_at, user_id)
  where purges_at is not null;
