drop index memories_user_id_idle;
alter table tenant_usage drop column forgets_at, drop column forget_after_days;
