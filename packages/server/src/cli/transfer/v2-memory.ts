import {
  type ExportedMemory,
  type Metadata,
  metadataProblem,
  type Zone,
} from '@stellar-memory/protocol';
import { z } from 'zod';
import { orbitScore, zoneOf } from '../../domain/score.js';
import { v1Profile } from '../../domain/score-profiles.js';
import { sealLine } from '../../domain/sealed-line.js';
import { CommandFailed } from '../command-failed.js';
import type { SourceLine } from './source-line.js';

/** An item as v1 and v2 export it (version 0.3.0), or a row of their SQLite file. What is missing has their defaults. */
export const V2Item = z.object({
  id: z.string(),
  content: z.string(),
  created_at: z.number(),
  last_recalled_at: z.number(),
  recall_count: z.number().int().min(0).default(0),
  arbitrary_importance: z.number().default(0.5),
  /** −1 was not placed yet: the score decides. */
  zone: z.number().int().min(-1).max(4).default(-1),
  metadata: z.record(z.string(), z.unknown()).default({}),
  total_score: z.number().default(0),
  embedding_b64: z.string().nullish(),
  encrypted: z.boolean().default(false),
  source_type: z.string().nullish(),
  source_url: z.string().nullish(),
  ingested_at: z.number().nullish(),
});
export type V2Item = z.output<typeof V2Item>;

/** The lines of a whole file, or `CommandFailed`: a file with a bad item is not begun. */
export const linesOfV2 = (items: readonly unknown[], nowMs: number): SourceLine[] =>
  items.map((item, index) => {
    const place = `item ${index + 1}`;
    const read = V2Item.safeParse(item);
    if (read.success) return { place, text: sealLine(fromV2(read.data, nowMs)) };
    const [{ path, message } = { path: [], message: 'is refused' }] = read.error.issues;
    throw new CommandFailed(`The ${place} cannot be imported: ${path.join('.')} ${message}.`);
  });

/** The memory that an item of v1 or v2 becomes. */
export function fromV2(item: V2Item, nowMs: number): ExportedMemory {
  const importance = Math.min(1, Math.max(0, item.arbitrary_importance));
  const placed =
    item.zone >= 0 ? { zone: item.zone as Zone, score: item.total_score } : placeOf(item, nowMs);
  const v1 = v1Of(item);
  return {
    type: 'memory',
    id: item.id,
    content: item.content,
    metadata: metadataOf(item),
    importance,
    ...placed,
    recall_count: item.recall_count,
    last_recalled_at: item.recall_count > 0 ? item.last_recalled_at : null,
    created_at: item.created_at,
    updated_at: item.created_at,
    occurred_at: null,
    agent_id: null,
    session_id: null,
    speaker: null,
    role: null,
    pinned: false,
    ...(Object.keys(v1).length === 0 ? {} : { v1 }),
  };
}

function placeOf(item: V2Item, nowMs: number): { zone: Zone; score: number } {
  const score = orbitScore(v1Profile, {
    recallCount: item.recall_count,
    secondsSinceRecall: nowMs / 1_000 - item.last_recalled_at,
    importance: item.arbitrary_importance,
  });
  return { zone: zoneOf(v1Profile, score), score };
}

/** What the server would refuse is told with the item's place by the server; here only that it is JSON is checked. */
function metadataOf({ id, metadata }: V2Item): Metadata {
  const problem = metadataProblem(metadata);
  if (problem === undefined) return metadata as Metadata;
  throw new CommandFailed(`The metadata of the memory ${JSON.stringify(id)} ${problem}.`);
}

function v1Of(item: V2Item): NonNullable<ExportedMemory['v1']> {
  const { embedding_b64, encrypted, source_type, source_url, ingested_at } = item;
  return {
    ...(encrypted ? { encrypted } : {}),
    ...(source_type === undefined || source_type === 'user' ? {} : { source_type }),
    ...(source_url === undefined || source_url === null ? {} : { source_url }),
    ...(ingested_at === undefined || ingested_at === null ? {} : { ingested_at }),
    ...(embedding_b64 === undefined || embedding_b64 === null ? {} : { embedding: embedding_b64 }),
  };
}
