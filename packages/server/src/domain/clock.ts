/** Source of the time. Rules take a clock or a moment, never read one, so that tests can set it. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** Epoch seconds as v1 stores them: DOUBLE PRECISION, fractions kept. */
export const epochSeconds = (clock: Clock): number => clock.nowMs() / 1000;
