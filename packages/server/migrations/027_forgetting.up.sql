-- Whoever wants it has what nobody recalls forgotten by itself.

-- step: who wants it, and when his memories are looked at next
-- Null: nothing is forgotten that its owner does not forget.
alter table tenant_usage add column forget_after_days integer check (forget_after_days between 1 and 3650);
alter table tenant_usage add column forgets_at double precision;

-- step online: tenants whose memories are to be looked at
create index concurrently if not exists tenant_usage_forgets_at on tenant_usage (forgets_at, user_id)
  where forgets_at is not null;

-- step online: memories of the cloud, the longest idle first
-- Their last recall may be later, never earlier: recalls are counted elsewhere. Nothing but a way into the cloud and out
-- of it writes this index.
create index concurrently if not exists memories_user_id_idle on memories (user_id, last_recalled_at)
  where zone = 4 and not pinned;
