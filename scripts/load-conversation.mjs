#!/usr/bin/env node
// Loads a conversation for one account: one turn, one memory.
//
//   npm run load -- <conversation.json> [--url http://127.0.0.1:9000] [--key sm_live_…]
//
// Running it again within a day stores nothing twice: every batch has an Idempotency-Key made of its content.
import { createHash } from 'node:crypto';
import { memoryOf } from './conversation/conversation.mjs';
import { say, withConversation } from './conversation/run.mjs';

/** Memories a request; the server takes 100 and 256 KB. */
const batchSize = 50;

await withConversation(async (conversation, stellar) => {
  const memories = conversation.memories.map((turn) => memoryOf(conversation, turn));
  for (let done = 0; done < memories.length; done += batchSize) {
    const batch = memories.slice(done, done + batchSize);
    const idempotencyKey = createHash('sha256').update(JSON.stringify(batch)).digest('hex');
    await stellar.storeBatch(batch, { idempotencyKey });
    say(`${conversation.id}: ${done + batch.length} of ${memories.length} stored`);
  }
  const { total_memories: total } = await stellar.stats();
  say(`The account holds ${total} memories.`);
});
