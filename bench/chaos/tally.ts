/** A time in which nothing that a client asked for was answered. */
export interface Outage {
  /** From its first failure to its next success. */
  readonly ms: number;
  /** When it ended; milliseconds since the epoch. */
  readonly until: number;
  /** What it was told meanwhile: how often each. */
  readonly told: Readonly<Record<string, number>>;
}

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
  readonly outages: Outage[];
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
