/** What tells two memories with one text apart. */
export interface Circumstances {
  readonly content: string;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly occurredAt: number | null;
}

const optional = ['sessionId', 'speaker', 'role', 'occurredAt'] as const;

/**
 * Whether a memory is of the same agent as another, and whatever it says of the conversation, the speaker and the time
 * is the same too. What it leaves out it does not contradict, so that a text that was recalled and is stored again is
 * noticed; the same words by another speaker, or at another time, are another memory.
 */
export const isAtOneWith = (added: Circumstances, known: Circumstances): boolean =>
  added.agentId === known.agentId &&
  optional.every((field) => added[field] === null || added[field] === known[field]);

/** Whether a memory adds nothing to another: the same text, and nothing that tells them apart. */
export const addsNothing = (added: Circumstances, known: Circumstances): boolean =>
  added.content === known.content && isAtOneWith(added, known);

/** Whether two memories may have to do with each other: of one agent, and not said by two speakers. */
export const areComparable = (one: Circumstances, other: Circumstances): boolean =>
  one.agentId === other.agentId &&
  (one.speaker === null || other.speaker === null || one.speaker === other.speaker);

/** Seconds after a recall for which its text, stored again, is an echo of it and no new evidence. */
export const echoSeconds = 600;

/** Whether what is stored now repeats what was recalled a moment ago. */
export const isEcho = (lastRecalledAt: number | null | undefined, now: number): boolean =>
  now - (lastRecalledAt ?? -Infinity) <= echoSeconds;
