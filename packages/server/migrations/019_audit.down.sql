-- step: the chains are not kept: on a way up they begin anew with what operators did
drop function if exists append_audit(uuid, text, text, jsonb);
drop function if exists audit_hash(text, uuid, bigint, timestamptz, text, text, jsonb);
drop table if exists audit_log;
drop table if exists audit_heads;
