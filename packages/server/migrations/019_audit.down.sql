-- step: the chains are not kept: on a way up they begin anew with what operators did
drop function append_audit(uuid, text, text, jsonb);
drop function audit_hash(text, uuid, bigint, timestamptz, text, text, jsonb);
drop table audit_log;
drop table audit_heads;
