drop function recalled_memories(uuid, integer[], bigint, bigint);
