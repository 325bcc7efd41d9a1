-- step: no change feed
drop trigger if exists record_inserted on memories;
drop trigger if exists record_updated on memories;
drop trigger if exists record_deleted on memories;
drop function if exists record_changes();
drop function if exists record_change(uuid, text[], text[]);
drop table if exists tombstones;
drop table if exists changes;
drop table if exists tenant_sync;
