import type { UserId } from '../../domain/ids.js';
import { selectIndexHead } from '../../storage/statements/index-states.js';
import { type MemoryText, selectTextsFrom } from '../../storage/statements/memory-texts.js';
import {
  deleteVectors,
  selectEmbedded,
  upsertVectors,
} from '../../storage/statements/memory-vectors.js';
import {
  advanceProgress,
  claimProgress,
  type ProgressStep,
  releaseProgress,
  selectProgress,
} from '../../storage/statements/vector-progress.js';
import type { TenantDoor } from '../../storage/tenant-door.js';
import type { Embedder, Patience } from '../embedders/embedder.js';
import { embedTexts } from './embed-texts.js';

/** Points of a batch between which a crash must lose nothing; tests stop there. */
export type EmbedStep = 'claimed' | 'embedded' | 'written';

/** What embedding needs. */
export interface EmbedContext {
  readonly tenants: TenantDoor;
  readonly embedder: Embedder;
  /** Number of the embedder's space. */
  readonly space: number;
  readonly patience: Patience;
  readonly onStep?: (step: EmbedStep) => void | Promise<void>;
}

/** What became of a tenant's next batch. */
export interface EmbedOutcome {
  /** `lost`: another node did the same work, because this one was too slow. */
  readonly state: 'done' | 'more' | 'claimed elsewhere' | 'lost';
  readonly embedded: number;
  /** Memories that the model does not take; lexical recall finds them. */
  readonly refused: number;
}

/** Seconds after which another node may take the work over. */
const claimSeconds = 120;
/** Memories in one batch: a crash repeats at most these. */
const batchSize = 64;

/**
 * Embeds the tenant's next memories, if there are any. No transaction is open while the provider works.
 *
 * A crash before the last transaction leaves a claim that runs out; everything in it is done again. Memories that are
 * edited meanwhile have other document numbers, behind the mark, and are met again there; forgotten ones get nothing.
 */
export async function embedNext(context: EmbedContext, userId: UserId): Promise<EmbedOutcome> {
  const { tenants, space } = context;
  if (!(await isBehind(context, userId))) return nothing('done');
  const batch = await tenants.withTenant(userId, async (tx) => {
    const from = await claimProgress(tx, space, claimSeconds);
    if (from === undefined) return undefined;
    // In this order: what is stored between the two has a number beyond the first answer.
    const [{ nextDoc }, texts] = await Promise.all([
      selectIndexHead(tx),
      selectTextsFrom(tx, from, batchSize),
    ]);
    const full = texts.length === batchSize;
    const last = texts.at(-1)?.doc ?? -1;
    // An edit that leaves the text alone takes its vector along.
    const embedded = new Set(
      await selectEmbedded(
        tx,
        space,
        texts.map(({ id }) => id),
      ),
    );
    return {
      from,
      texts: texts.filter(({ doc }) => !embedded.has(doc)),
      full,
      to: full ? last + 1 : Math.max(nextDoc, last + 1),
    };
  });
  if (batch === undefined) return nothing('claimed elsewhere');
  await context.onStep?.('claimed');
  const vectors = await embedOrRelease(context, userId, batch.texts);
  await context.onStep?.('embedded');
  const refused = vectors.filter((vector) => vector === undefined).length;
  const step = { from: batch.from, to: batch.to, refused };
  const mine = await write(context, userId, step, batch.texts, vectors);
  await context.onStep?.('written');
  if (!mine) return nothing('lost');
  return { state: batch.full ? 'more' : 'done', embedded: vectors.length - refused, refused };
}

const nothing = (state: EmbedOutcome['state']): EmbedOutcome => ({
  state,
  embedded: 0,
  refused: 0,
});

const isBehind = ({ tenants, space }: EmbedContext, userId: UserId): Promise<boolean> =>
  tenants.withTenant(
    userId,
    async (tx) => {
      const [{ nextDoc }, progress] = await Promise.all([selectIndexHead(tx), selectProgress(tx)]);
      const known = progress.find((one) => one.space === space);
      return nextDoc > (known?.embeddedUntil ?? 0);
    },
    { readOnly: true },
  );

/** A provider that fails keeps nobody else from trying. */
async function embedOrRelease(
  { tenants, embedder, space, patience }: EmbedContext,
  userId: UserId,
  texts: readonly MemoryText[],
): Promise<readonly (Float32Array | undefined)[]> {
  if (texts.length === 0) return [];
  try {
    const contents = texts.map(({ content }) => content);
    return await embedTexts(embedder, contents, patience);
  } catch (error) {
    await tenants.withTenant(userId, (tx) => releaseProgress(tx, space));
    throw error;
  }
}

/** Moves the mark and writes the vectors, or does neither. */
const write = (
  { tenants, space }: EmbedContext,
  userId: UserId,
  step: ProgressStep,
  texts: readonly MemoryText[],
  vectors: readonly (Float32Array | undefined)[],
): Promise<boolean> =>
  tenants.withTenant(userId, async (tx) => {
    if (!(await advanceProgress(tx, space, step))) return false;
    const made = texts.flatMap(({ doc }, at) => {
      const embedding = vectors[at];
      return embedding === undefined ? [] : [{ doc, embedding }];
    });
    const refused = texts.filter((_, at) => vectors[at] === undefined);
    await Promise.all([
      ...(made.length > 0 ? [upsertVectors(tx, space, made)] : []),
      ...(refused.length > 0
        ? [
            deleteVectors(
              tx,
              space,
              refused.map(({ id }) => id),
            ),
          ]
        : []),
    ]);
    return true;
  });
