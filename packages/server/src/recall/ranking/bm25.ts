import type { Weights } from './weights.js';

/** Rarity of what occurs in `matching` of `documents`: ln(1 + (N − n + ½) / (n + ½)), never negative. */
export const rarity = (documents: number, matching: number): number =>
  Math.log(1 + (documents - matching + 0.5) / (matching + 0.5));

/** What a term that occurs `frequency` times is worth, where `norm` is k1 · (1 − b + b · length / average). */
export const saturated = (frequency: number, norm: number, k1: number): number =>
  (frequency * (k1 + 1)) / (frequency + norm);

/** `norm` of {@link saturated} for a document. */
export const documentNorm = (weights: Weights, length: number, averageLength: number): number =>
  weights.k1 * (1 - weights.b + (weights.b * countedLength(weights, length)) / averageLength);

const countedLength = ({ lengthFloor, belowFloor }: Weights, length: number): number =>
  length >= lengthFloor ? length : lengthFloor - belowFloor * (lengthFloor - length);

/** `norm` of {@link saturated} for a session. */
export const sessionNorm = (weights: Weights, length: number, averageLength: number): number =>
  weights.sessionK1 * (1 - weights.sessionB + (weights.sessionB * length) / averageLength);
