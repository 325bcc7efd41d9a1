-- Zones stay as they are; the moments are worked out again on the next way up.

-- step: storing knows no capacities
-- Once more after an interruption: each step may find its work done.
drop function if exists store_counted(uuid, jsonb, bytea[], integer[]);
drop function if exists store_counted(uuid, jsonb, bytea[], integer[], double precision[], integer[], double precision, double precision);
drop function if exists reorbit_due;
drop function if exists settle_orbits;
drop function if exists orbit_score;
drop function if exists orbit_zone;
drop function if exists orbit_leaves_at;
drop function if exists orbit_lasting;
-- include: functions/store_counted.sql
revoke execute on function store_counted from public;
grant execute on function store_counted to stellar_app;

-- step online: memories by zone alone
create index concurrently if not exists memories_user_id_zone on memories (user_id, zone);

-- step online: no tenants by what is due
drop index concurrently if exists tenant_usage_next_due;

-- step online: no memories by when they leave
drop index concurrently if exists memories_user_id_zone_leaves_at;

-- step: no moments
drop table if exists orbit_rises;
alter table tenant_usage drop column if exists next_due;
alter table memories drop column if exists leaves_at;
