import { isDeepStrictEqual } from 'node:util';
import { memoryId } from '../../domain/ids.js';
import type { Outcome, Registers } from '../../domain/merge.js';
import type { KeptVersion } from '../../storage/statements/memory-versions.js';
import { type Draft, fieldsOf } from './draft.js';

/**
 * What an edit leaves to be kept: what the memory said, when it says something else now; and the content that did not
 * stay because another's was later, so that nothing that somebody wrote is lost.
 */
export function versionsOf(
  { id, state: before }: Draft,
  edit: Registers,
  { state, lost }: Outcome,
  now: number,
): KeptVersion[] {
  if (before.is !== 'live') return [];
  const after = fieldsOf(state);
  const kept: KeptVersion[] = [];
  const keep = (fields: Registers, reason: KeptVersion['reason']): void =>
    void kept.push({ ...saidBy(fields), memoryId: memoryId(id), replacedAt: now, reason });
  if (saysOtherwise(before.fields, after)) keep(before.fields, 'edited');
  if (lost.includes('content') && edit.content?.value !== after.content?.value)
    keep({ ...after, ...(edit.content && { content: edit.content }) }, 'overwritten');
  return kept;
}

const saysOtherwise = (before: Registers, after: Registers): boolean =>
  before.content?.value !== after.content?.value ||
  !isDeepStrictEqual(before.metadata?.value, after.metadata?.value);

const saidBy = (fields: Registers): Pick<KeptVersion, 'content' | 'metadata' | 'importance'> => ({
  content: fields.content?.value as string,
  metadata: fields.metadata?.value as Record<string, unknown>,
  importance: fields.importance?.value as number,
});
