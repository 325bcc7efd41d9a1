-- Warnings are mailed too: a warning that was recorded waits here until a mail server has taken it.

-- step: when a warning is to be mailed
-- Null: it was mailed, or is not to be. Warnings from before are not mailed anew.
alter table usage_warnings
  add column mail_due_at timestamptz,
  add column mail_attempts integer not null default 0;
create index usage_warnings_mail_due on usage_warnings (mail_due_at) where mail_due_at is not null;

grant select, update (mail_due_at, mail_attempts) on usage_warnings to stellar_system;
create policy system on usage_warnings to stellar_system using (true) with check (true);
