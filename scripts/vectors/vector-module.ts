/** Something that went in or came out of the old system, as JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One recorded call of the old system. */
export interface VectorCase {
  readonly fn: string;
  readonly in: { readonly [key: string]: Json };
  readonly out: Json;
  readonly note?: string;
}

/** A file of recorded calls. */
export interface VectorFile {
  readonly module: string;
  /** The clock the calls ran at, epoch seconds. */
  readonly now: number;
  /** How far numbers may be apart. */
  readonly tolerance: number;
  readonly cases: readonly VectorCase[];
}

/** Runs one recorded call on our code and answers what the old system would have, in its shape. */
export type Replay = (input: VectorCase['in'], file: VectorFile) => unknown;

/** Cases that are different on purpose, because the recorded behaviour is a fault or is not wanted. */
export interface Difference {
  readonly reason: string;
  /** Which cases; `index` counts from 0 in the file. */
  readonly covers: (vector: VectorCase, index: number) => boolean;
}

/** How our code answers a module's recorded calls: one adapter file a module, listed in `adapters.ts`. */
export interface VectorModule {
  /** By the name of the recorded function. */
  readonly replays: Readonly<Record<string, Replay>>;
  readonly differences?: readonly Difference[];
  /** Only part of what is recorded is kept: fewer than nine tenths may agree. */
  readonly inPart?: true;
}
