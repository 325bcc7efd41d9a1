import { randomUUID } from 'node:crypto';
import { Mutation, type MutationResult } from '@stellar-memory/protocol';
import type { UserId } from '../../../src/domain/ids.js';
import type { MemoryService } from '../../../src/memory/memory-service.js';

/** A mutation as it comes off the wire; a fresh id and the time now unless said otherwise. */
export const mutation = (
  ops: readonly object[],
  {
    mid = randomUUID(),
    ms = Date.now(),
    ...rest
  }: { mid?: string; ms?: number; agent?: string } = {},
): Mutation => Mutation.parse({ mid, hlc: `${ms}.0`, ops, ...rest });

/** Sends one mutation and answers its results. */
export async function send(
  memories: MemoryService,
  user: UserId,
  ...sent: Parameters<typeof mutation>
): Promise<MutationResult[]> {
  const { acks } = await memories.mutate(user, [mutation(...sent)]);
  return acks[0]!.results;
}
