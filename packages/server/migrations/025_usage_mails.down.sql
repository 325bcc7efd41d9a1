-- Warnings stay; those that wait for a mail server are not mailed.

-- step: warnings are shown only
drop policy if exists system on usage_warnings;
-- Postgres 15 keeps the right to a column that is dropped, so it is taken first.
revoke all (mail_due_at, mail_attempts) on usage_warnings from stellar_system;
revoke select on usage_warnings from stellar_system;
drop index if exists usage_warnings_mail_due;
alter table usage_warnings drop column if exists mail_due_at, drop column if exists mail_attempts;
