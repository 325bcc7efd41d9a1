/** SQLSTATE of a database's refusal; raw sessions of the two engines name it differently. */
const sqlStateOf = (error: unknown): string => {
  const { sqlState, code } = error as { sqlState?: string; code?: string };
  const state = sqlState ?? code;
  if (state === undefined) throw new Error('not a database error', { cause: error });
  return state;
};

/** What an attempt came to: `accepted`, or the SQLSTATE it was refused with. */
export const outcome = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(() => 'accepted', sqlStateOf);

/** SQLSTATE of what a role has no right to, and of a row that a policy refuses. */
export const insufficientPrivilege = '42501';
