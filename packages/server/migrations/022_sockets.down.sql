-- step: no sockets
drop table if exists sync_tickets;
drop function if exists take_lease(uuid, text, uuid, integer, integer);
drop table if exists agent_leases;
