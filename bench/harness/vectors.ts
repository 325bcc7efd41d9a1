import { seeded } from './texts.js';

/** Length of the vectors of the bench. */
export const dimensions = 384;
const clusters = 1_000;
/** How far a vector lies from the middle of its cluster, against the length of the middle. */
const spread = 0.6;

const centre = (cluster: number): Float32Array => unit(gaussian(seeded(cluster + 1)));
const centres = new Map<number, Float32Array>();

/** A unit vector near one of the clusters: as meanings lie, and harder for a graph than evenly scattered ones. */
export function clusteredVector(random: () => number): Float32Array {
  const cluster = Math.floor(random() * clusters);
  let middle = centres.get(cluster);
  if (middle === undefined) centres.set(cluster, (middle = centre(cluster)));
  const noise = unit(gaussian(random));
  return unit(middle.map((value, at) => value + spread * noise[at]!));
}

function gaussian(random: () => number): Float32Array {
  return Float32Array.from(
    { length: dimensions },
    () =>
      // Box and Muller.
      Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
