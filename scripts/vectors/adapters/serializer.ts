import { CommandFailed } from '../../../packages/server/src/cli/command-failed.js';
import { itemsOf } from '../../../packages/server/src/cli/transfer/import-source.js';
import { fromV2, linesOfV2, V2Item } from '../../../packages/server/src/cli/transfer/v2-memory.js';
import type { Json, VectorFile, VectorModule } from '../vector-module.js';

/** A memory of v2 as the recordings name its fields. */
interface Recorded {
  readonly id: string;
  readonly content: string;
  readonly created_at: number;
  readonly last_recalled_at: number;
  readonly recall_count: number;
  readonly importance: number;
  readonly zone: number;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly total_score: number;
  readonly embedding: readonly number[] | null;
}

const base64Of = (embedding: readonly number[]): string =>
  Buffer.from(Float32Array.from(embedding).buffer).toString('base64');

const vectorOf = (base64: string): number[] => {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
};

/** An exported item by way of the memory that it becomes: what v2 exports is all there. */
function throughImport(item: Recorded, withEmbedding: boolean, now: number): unknown {
  const { importance, embedding, ...rest } = item;
  const memory = fromV2(
    V2Item.parse({
      ...rest,
      arbitrary_importance: importance,
      embedding_b64: withEmbedding && embedding !== null ? base64Of(embedding) : null,
    }),
    now * 1_000,
  );
  return {
    id: memory.id,
    content: memory.content,
    created_at: memory.created_at,
    last_recalled_at: memory.last_recalled_at ?? memory.created_at,
    recall_count: memory.recall_count,
    arbitrary_importance: memory.importance,
    zone: memory.zone,
    metadata: memory.metadata,
    total_score: memory.score,
    ...(memory.v1?.embedding === undefined ? {} : { embedding_b64: memory.v1.embedding }),
  };
}

/** The second recording names the items of the first one. */
const recordedItems = (call: Readonly<Record<string, Json>>, { cases }: VectorFile): Recorded[] =>
  (call['items'] ?? cases[0]!.in['items']) as unknown as Recorded[];

const exportJson = (call: Readonly<Record<string, Json>>, file: VectorFile): unknown => {
  const items = recordedItems(call, file).map((item) =>
    throughImport(item, call['include_embeddings'] === true, file.now),
  );
  return { version: '0.3.0', exported_at: '<time>', count: items.length, items };
};

function importItem(call: Readonly<Record<string, Json>>): unknown {
  const item = V2Item.parse(call);
  const { embedding_b64: embedding } = item;
  return {
    recall_count: item.recall_count,
    importance: item.arbitrary_importance,
    zone: item.zone,
    metadata: item.metadata,
    total_score: item.total_score,
    embedding: embedding === undefined || embedding === null ? null : vectorOf(embedding),
  };
}

/** What is refused here with a sentence was an exception of Python there. */
function importBad({ text }: Readonly<Record<string, Json>>): unknown {
  try {
    linesOfV2(itemsOf(text as string, 'the file'), 0);
    return null;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { error: /well-formed/.test(error.message) ? 'JSONDecodeError' : 'KeyError' };
  }
}

const importPlacement = (call: Readonly<Record<string, Json>>, { now }: VectorFile): unknown =>
  Object.fromEntries(
    (call['items'] as unknown as { id: string; importance?: number }[]).map(
      ({ importance, ...item }) => {
        const times = { created_at: now, last_recalled_at: now };
        const whole = { content: 'c', arbitrary_importance: importance, ...times, ...item };
        return [item.id, fromV2(V2Item.parse(whole), now * 1_000).zone];
      },
    ),
  );

/** `serializer.json`. */
export const serializer: VectorModule = {
  replays: {
    export_json: exportJson,
    import_item: importItem,
    import_bad: importBad,
    embedding_b64_f32le: (call) => base64Of(call['embedding'] as unknown as number[]),
    snapshot: () => undefined,
    import_placement: importPlacement,
  },
  differences: [
    {
      reason:
        'how many memories there are, by zone, is in the statistics; an export has their hash',
      covers: ({ fn }) => fn === 'snapshot',
    },
  ],
};
