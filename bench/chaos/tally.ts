/** What the clients of a run have counted. */
export interface Tally {
  mutations: number;
  operations: number;
  /** Requests and connections that were cut on purpose. */
  disconnects: number;
  /** Events that readers applied. */
  events: number;
  /** Events that came twice or too late. */
  duplicated: number;
  /** Events before which others are missing. */
  gaps: number;
  /** Readers that had to start anew. */
  resets: number;
  /** Memories of another tenant that somebody saw. */
  foreign: number;
  /** Milliseconds from a client's first failure to its next success. */
  readonly outages: number[];
  /** Everything else that must not be. */
  readonly faults: string[];
}

export const newTally = (): Tally => ({
  mutations: 0,
  operations: 0,
  disconnects: 0,
  events: 0,
  duplicated: 0,
  gaps: 0,
  resets: 0,
  foreign: 0,
  outages: [],
  faults: [],
});
