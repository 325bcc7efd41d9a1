import type { Clock } from '../domain/clock.js';

/** What must hold before the server may take traffic. app.ts asks the database and the schema version. */
export interface Readiness {
  /**
   * What is missing, in words that a stranger may read; empty when ready.
   * A rejection counts as a database that cannot be reached.
   */
  problems(): Promise<readonly string[]>;
}

/** How long one check may take before it counts as failed. */
const checkMs = 500;
/** How long a result holds: the answers are open to all, so asking must not load the database. */
const holdMs = 1_000;

/** Asks `Readiness` at most once a second and never waits longer than 500 ms for it. */
export class HealthProbe {
  readonly #readiness: Readiness;
  readonly #clock: Clock;
  #running: Promise<readonly string[]> | undefined;
  #last: { readonly atMs: number; readonly problems: readonly string[] } | undefined;

  constructor(readiness: Readiness, clock: Clock) {
    this.#readiness = readiness;
    this.#clock = clock;
  }

  /** What is wrong, empty when all is well. Never rejects. */
  async problems(): Promise<readonly string[]> {
    const age = this.#last === undefined ? Infinity : this.#clock.nowMs() - this.#last.atMs;
    if (this.#last !== undefined && age >= 0 && age < holdMs) return this.#last.problems;
    const problems = await withinTime(this.#check());
    this.#last = { atMs: this.#clock.nowMs(), problems };
    return problems;
  }

  /** One check at a time: a database that hangs is not asked again until it has answered. */
  #check(): Promise<readonly string[]> {
    this.#running ??= this.#readiness
      .problems()
      .catch(() => ['The database cannot be reached.'])
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }
}

async function withinTime(check: Promise<readonly string[]>): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, checkMs, [`The database did not answer within ${checkMs} ms.`]);
  });
  try {
    return await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
