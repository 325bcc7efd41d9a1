-- Devices that wait ask again; keys that were made go on working.

-- step: no devices, no tries
drop table if exists attempts;
drop table if exists device_grants;
drop table if exists device_requests;
