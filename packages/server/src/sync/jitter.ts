/** The time, up to a fifth earlier or later: clients that came together do not act together. */
export const jitteredMs = (ms: number): number => ms * (0.8 + 0.4 * Math.random());
