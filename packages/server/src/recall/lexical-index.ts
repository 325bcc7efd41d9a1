import type { Emotion } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { NearDocument } from './ranking/fuse.js';

/** What the index keeps of a memory. Times are epoch seconds. */
export interface IndexedDocument {
  readonly content: string;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly occurredAt: number | null;
  readonly createdAt: number;
  readonly agentId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** An edited memory under its new number. */
export interface EditedDocument extends IndexedDocument {
  readonly doc: number;
  /** The number under which its text was the same; absent when the text is another. */
  readonly sameTextAs?: number | undefined;
}

/** What to look for. */
export interface SearchRequest {
  readonly text: string;
  readonly limit: number;
  /**
   * Which of these documents may be returned; asked for ranked documents in chunks until the limit is full,
   * so that a filter is exact and never makes an answer shorter than it must be.
   */
  readonly matching?: (docs: readonly number[]) => Promise<readonly number[]>;
  /** All of the tenant's documents that `matching` lets through: asked instead when few among the ranked are. */
  readonly everyMatch?: () => Promise<ArrayLike<number>>;
  /** What the index itself can tell of the documents that `matching` lets through: others need not be ranked. */
  readonly within?: KnownBounds;
  /** The end of the page before: only what is ranked behind it is returned. */
  readonly after?: PageEnd;
  /** Lowest score that is returned. */
  readonly minScore?: number;
  /** Whether to say how each hit came about. */
  readonly explain?: boolean;
  /** Whether terms that nothing has are what they are: else they may be taken for misspelt ones. */
  readonly literal?: boolean;
  /** What lies near the query by its meaning, to be weighed against what its words find. */
  readonly near?: Nearness;
}

/** Bounds of documents that the index knows: none outside is wanted, inside some may not be. */
export interface KnownBounds {
  readonly sessionId?: string | undefined;
  /** Epoch seconds, inclusive. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Of documents that were analysed before emotions were, any may have it. */
  readonly emotion?: Emotion | undefined;
  readonly agentId?: string | undefined;
  /** Top-level keys of its metadata and the scalar that each must equal. */
  readonly metadata?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** Whether a filter asks for more than that. */
  readonly more?: boolean;
}

/** Documents near a query in meaning. */
export interface Nearness {
  /** Nearest first, filtered already; dead ones may be among them. Awaited beside the index's own reads. */
  readonly documents: Promise<readonly NearDocument[]>;
  /** What meaning counts against words, 0–1. */
  readonly weight: number;
}

/** Where a page of a ranking ended. */
export interface PageEnd {
  /** Its last documents, the very last first: where that one is gone, the next tells where to go on. */
  readonly docs: readonly number[];
  /** Score of the very last. */
  readonly score: number;
}

/** How a hit came about. */
export interface HitExplanation {
  /** Terms of the query that the document has: how often, and how many documents of the tenant have them. */
  readonly terms: readonly {
    readonly term: string;
    readonly occurrences: number;
    readonly memories: number;
  }[];
  /** What each part of the ranking gave, by its name. */
  readonly parts: Readonly<Record<string, number>>;
}

/** A found document, best first. */
export interface SearchHit {
  readonly doc: number;
  readonly score: number;
  /** It alone has what is looked for: nothing may come before it. */
  readonly exact?: boolean;
  /** When the request asked for it. */
  readonly explanation?: HitExplanation;
}

/** What a search would find if nothing has changed. */
export interface Guess {
  /** At least one. */
  readonly hits: readonly SearchHit[];
  /** The index that was ranked; another one has another version or generation. */
  readonly version: number;
  readonly generation: number;
}

/** The lexical index of every tenant: exact at every moment, for one tenant at a time. */
export interface LexicalIndex {
  /** The entry that the store statement writes to `index_recent` beside the memory. Pure. */
  encode(document: IndexedDocument): Uint8Array;
  /** Indexes edited memories under their new document numbers, in the transaction that edits them. */
  add(tx: TenantTransaction, documents: readonly EditedDocument[]): Promise<void>;
  /** Takes documents out, in the transaction that forgets them or gives them new numbers. */
  remove(tx: TenantTransaction, docs: readonly number[]): Promise<void>;
  /** Ranks inside the caller's read-only transaction. */
  search(tx: TenantTransaction, request: SearchRequest): Promise<SearchHit[]>;
  /**
   * Ranks what this node knows of the tenant without asking the database; `undefined` when it knows too little, has
   * heard of a change since, or finds nothing. True only in a snapshot that has the same version and generation.
   */
  guess(userId: UserId, request: SearchRequest): Promise<Guess | undefined>;
  /** Told after a commit that changed so many of the tenant's memories, so that they may be merged in the background. */
  noteChange(userId: UserId, memories?: number): void;
  /**
   * Takes a step of taking documents that died at this version or before out of everything that the index keeps: one
   * segment is written anew. `done` when none holds any of them; `busy` while another node is at work.
   */
  purge(userId: UserId, until: number): Promise<'more' | 'done' | 'busy'>;
  /** Ends after the merge that runs in the background; what waits is taken up after the next start. */
  close(): Promise<void>;
}
