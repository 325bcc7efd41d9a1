import { randomUUID } from 'node:crypto';
import { memoryId, type UserId } from '../../packages/server/src/domain/ids.js';
import type { LexicalIndex } from '../../packages/server/src/recall/lexical-index.js';
import type { NewMemory } from '../../packages/server/src/storage/statements/memories.js';
import { insertMemories } from '../../packages/server/src/storage/statements/store-memories.js';
import type { TenantDoor } from '../../packages/server/src/storage/tenant-door.js';
import { koreanText, seeded, text } from './texts.js';

/** Words the texts are drawn from. */
export const vocabulary = 200_000;
/** Words of an English memory. */
export const wordsAMemory = 35;
const wordsAKoreanMemory = 12;
export const turnsASession = 20;
export const firstSecond = 1_700_000_000;
export const secondsATurn = 60;

/** Where memories are stored, and by what they are indexed. */
export interface FillTarget {
  readonly tenants: TenantDoor;
  readonly index: LexicalIndex;
}

/** What is stored. */
export interface Filling {
  readonly user: UserId;
  readonly memories: number;
  /** Every so many memories one is Korean; 0 is none. */
  readonly koreanEvery?: number;
  /** Without merges nothing but the entry is left of what a store pays for the index. Default true. */
  readonly merge?: boolean;
  readonly onStored?: (memories: number) => void;
}

/** Stores in batches of 100, four at once, by the statement that a server uses, while merges run as they do there. */
export async function fillTenant(
  { tenants, index }: FillTarget,
  { user, memories, koreanEvery = 0, merge = true, onStored }: Filling,
): Promise<void> {
  const random = seeded(memories);
  const store = async (from: number): Promise<void> => {
    const count = Math.min(100, memories - from);
    const batch = Array.from({ length: count }, (_, at) =>
      newMemory(index, random, from + at, koreanEvery),
    );
    await tenants.withTenant(user, (tx) => insertMemories(tx, batch));
    if (merge) index.noteChange(user, count);
    onStored?.(count);
  };
  for (let from = 0; from < memories; from += 400)
    await Promise.all(
      [0, 100, 200, 300].filter((more) => from + more < memories).map((more) => store(from + more)),
    );
}

/** What filters ask of a memory. */
type Facets = Pick<NewMemory, 'agentId' | 'metadata'>;

/** The memory of this number: a turn of a conversation, every so many of them in Korean. */
export function newMemory(
  index: Pick<LexicalIndex, 'encode'>,
  random: () => number,
  number: number,
  koreanEvery: number,
  facets: Facets = { agentId: null, metadata: {} },
): NewMemory {
  const isKorean = koreanEvery > 0 && number % koreanEvery === 0;
  const document = {
    content: isKorean
      ? koreanText(random, wordsAKoreanMemory, vocabulary)
      : text(random, wordsAMemory, vocabulary),
    sessionId: `session-${Math.floor(number / turnsASession)}`,
    speaker: number % 2 === 0 ? 'Ann' : 'Bo',
    role: null,
    occurredAt: firstSecond + number * secondsATurn,
    createdAt: firstSecond + number * secondsATurn,
    ...facets,
  };
  return {
    ...document,
    id: memoryId(randomUUID()),
    importance: 0.5,
    zone: 4,
    score: 0.1,
    pinned: false,
    entry: index.encode(document),
  };
}
