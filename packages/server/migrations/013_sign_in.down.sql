-- Whoever is signed in signs in again after a later way up; keys go on working.

-- step online: no mailboxes
drop index concurrently if exists users_email_lower;

-- step: no sessions, no codes
drop table if exists sessions;
drop table if exists sign_in_requests;
