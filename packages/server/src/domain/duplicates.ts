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
 * Whether a memory adds nothing to another: the same text of the same agent, and whatever it says of the conversation,
 * the speaker and the time is the same too. What it leaves out it does not contradict, so that a text that was recalled
 * and is stored again is noticed; the same words by another speaker, or at another time, are another memory.
 */
export const addsNothing = (added: Circumstances, known: Circumstances): boolean =>
  added.content === known.content &&
  added.agentId === known.agentId &&
  optional.every((field) => added[field] === null || added[field] === known[field]);
