/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many of something happen that happens `mean` times on average (Poisson, for small means). */
export function count(random: () => number, mean: number): number {
  let events = 0;
  for (let left = Math.exp(-mean), product = random(); product > left; product *= random())
    events += 1;
  return events;
}
