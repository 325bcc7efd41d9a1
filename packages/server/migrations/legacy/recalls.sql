-- While v1 may still write: deleting a memory takes its recalls along. Foreign keys pass row security anyway;
-- the policy is for the way back, which adds the recalls to v1's own count.
create policy legacy_window on memory_recalls to current_user using (true) with check (true);
