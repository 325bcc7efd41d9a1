import type { UserId } from '../../domain/ids.js';
import { insertDead } from '../../storage/statements/index-dead.js';
import { insertRecent } from '../../storage/statements/index-recent.js';
import type { TenantDoor, TenantTransaction } from '../../storage/tenant-door.js';
import { dayOf } from '../analysis/day.js';
import { analysisVersion } from '../analysis/version.js';
import type { IndexView } from '../index-view.js';
import type {
  EditedDocument,
  Guess,
  IndexedDocument,
  LexicalIndex,
  SearchHit,
  SearchRequest,
} from '../lexical-index.js';
import { scopeOf } from '../ranking/scope.js';
import { BackgroundMerges } from './background-merges.js';
import { buryLost } from './bury-lost.js';
import { encodeEntry } from './entry-codec.js';
import { explainHit } from './explain-hit.js';
import { facetsOf } from './facets.js';
import { type NearInView, nearInView, rankFused } from './fused-ranking.js';
import { IndexCache } from './index-cache.js';
import type { IndexState } from './index-state.js';
import { mostPostingsOf, viewOfState } from './index-view-of-state.js';
import { allowedBy, facetTerms } from './known-bounds.js';
import { defaultMergePolicy, type MergePolicy } from './merge-policy.js';
import { type MergeOutcome, mergeTenant } from './merge-tenant.js';
import { PostingBuffers } from './posting-buffers.js';
import { looksFor, type RankedHit, rankPage } from './rank-page.js';
import { readState, readTerms } from './read-state.js';
import { type QueryTerm, queryTerm } from './recent-terms.js';
import { dictionaryOf } from './similar-terms.js';
import type { PreparedQuery, Ranked, RankOptions, TextRanking } from './text-ranking.js';

/** What an index needs. */
export interface LexicalIndexOptions {
  /** For background merges; searches use their caller's transaction. */
  readonly tenants: TenantDoor;
  readonly ranking: TextRanking;
  /** Memory of the cached indexes of all tenants. Default 256 MB. */
  readonly cacheBytes?: number;
  readonly policy?: MergePolicy;
  /** Told of background merges that failed; they are tried again after the tenant's next changes. */
  readonly onMergeError: (error: unknown) => void;
}

/** A lexical index that also says when its background work is done. */
export interface RunningLexicalIndex extends LexicalIndex {
  /** Memory that the cache takes, by its own estimate. */
  readonly cacheBytes: number;
  /** Waits until no merge runs or waits. */
  idle(): Promise<void>;
}

const defaultCacheBytes = 256 * 1024 * 1024;

/** The lexical index of every tenant, as blocks in the database and a cache in this node. */
export const createLexicalIndex = (options: LexicalIndexOptions): RunningLexicalIndex =>
  new BlockLexicalIndex(options);

class BlockLexicalIndex implements RunningLexicalIndex {
  readonly #ranking: TextRanking;
  readonly #policy: MergePolicy;
  readonly #cache: IndexCache;
  readonly #merges: BackgroundMerges;
  readonly #purge: (userId: UserId, until: number) => Promise<MergeOutcome>;
  readonly #buffers = new PostingBuffers();
  /** Loads of indexes that no one had cached: others wait for them instead of reading the same. */
  readonly #loading = new Map<UserId, Promise<void>>();

  constructor(options: LexicalIndexOptions) {
    this.#ranking = options.ranking;
    this.#policy = options.policy ?? defaultMergePolicy;
    this.#cache = new IndexCache(options.cacheBytes ?? defaultCacheBytes);
    const merge = {
      policy: this.#policy,
      encode: (source: IndexedDocument) => this.encode(source),
    };
    const { tenants } = options;
    this.#purge = (userId, purgeUntil) => mergeTenant(tenants, userId, { ...merge, purgeUntil });
    this.#merges = new BackgroundMerges({
      merge: async (userId, flush) => {
        const outcome = await mergeTenant(tenants, userId, { ...merge, flush });
        if (outcome === 'merged') await this.#refresh(tenants, userId);
        return outcome;
      },
      buryLost: (userId) => buryLost(tenants, userId),
      onError: options.onMergeError,
    });
  }

  get cacheBytes(): number {
    return this.#cache.bytes;
  }

  encode(document: IndexedDocument): Uint8Array {
    const analysed = this.#ranking.analyse(document);
    const facts = { facets: facetsOf(document), storedDay: storedDayOf(document) };
    return encodeEntry(analysed, document, analysisVersion, facts);
  }

  add(tx: TenantTransaction, documents: readonly EditedDocument[]): Promise<void> {
    return insertRecent(
      tx,
      documents.map((document) => ({ doc: document.doc, entry: this.encode(document) })),
    );
  }

  remove(tx: TenantTransaction, docs: readonly number[]): Promise<void> {
    return insertDead(tx, docs);
  }

  async search(tx: TenantTransaction, request: SearchRequest): Promise<SearchHit[]> {
    const query = this.#ranking.prepare(request.text);
    const terms = [...termsOf(query), ...facetTerms(request.within)];
    const state = await this.#state(tx, terms);
    const near =
      request.near && nearInView(state, await request.near.documents, request.near.weight);
    const asked = await this.#ranked(state, query, request, near);
    if (!asked.nothingMatches || request.literal === true || query.respell === undefined)
      return asked.page;
    const meant = await query.respell(dictionaryOf(tx, state));
    if (meant === undefined) return asked.page;
    await readTerms(tx, state, termsOf(meant));
    return (await this.#ranked(state, meant, request, near)).page;
  }

  async guess(userId: UserId, request: SearchRequest): Promise<Guess | undefined> {
    const state = this.#cache.current(userId);
    if (state === undefined) return undefined;
    const query = this.#ranking.prepare(request.text);
    if (lacksBlocks(state, termsOf(query))) return undefined;
    const { page } = await this.#ranked(state, query, request, undefined);
    if (page.length === 0) return undefined;
    // It was asked for: others leave the cache first.
    this.#cache.put(userId, state);
    return { hits: page, version: state.version, generation: state.generation };
  }

  noteChange(userId: UserId, memories?: number): void {
    this.#cache.outdate(userId);
    this.#merges.noteChange(userId, memories);
  }

  async purge(userId: UserId, until: number): Promise<'more' | 'done' | 'busy'> {
    const outcome = await this.#purge(userId, until);
    if (outcome === 'nothing') return 'done';
    return outcome.startsWith('merged') ? 'more' : 'busy';
  }

  idle(): Promise<void> {
    return this.#merges.idle();
  }

  close(): Promise<void> {
    return this.#merges.close();
  }

  async #ranked(
    state: IndexState,
    asked: PreparedQuery,
    request: SearchRequest,
    near: NearInView | undefined,
  ): Promise<{ readonly page: SearchHit[]; readonly nothingMatches: boolean }> {
    const query = asked.afforded?.((term) => mostPostingsOf(state, term), state.documents) ?? asked;
    const terms = termsOf(query);
    const buffers = this.#buffers.lend(terms.length);
    try {
      const view = viewOfState(state, terms, this.#ranking.speakerKeys, buffers);
      const page = await pageOf(state, view, query, request, near);
      // Meaning always finds something; whether the words did is another question.
      const mayBeNothing = page.length === 0 || near !== undefined;
      return { page, nothingMatches: mayBeNothing && matchesNothing(query, view) };
    } finally {
      this.#buffers.giveBack(buffers);
    }
  }

  async #state(tx: TenantTransaction, terms: readonly QueryTerm[]): Promise<IndexState> {
    const { userId } = tx;
    // What another load found is a start; if it failed, its own caller is told, and this one reads for himself.
    if (this.#cache.get(userId) === undefined) await this.#loading.get(userId);
    const known = this.#cache.get(userId);
    const reading = readState(tx, known, terms);
    if (known === undefined) this.#noteLoading(userId, reading);
    const state = await reading;
    this.#cache.put(userId, state);
    if (state !== known) this.#lookAfter(userId, state);
    return state;
  }

  /** Learns of an own merge at once, so that the next recall needs no more trips for it. */
  async #refresh(tenants: TenantDoor, userId: UserId): Promise<void> {
    const known = this.#cache.get(userId);
    if (known === undefined) return;
    const state = await tenants.withTenant(userId, (tx) => readState(tx, known, []), {
      readOnly: true,
    });
    this.#cache.put(userId, state);
  }

  #noteLoading(userId: UserId, reading: Promise<IndexState>): void {
    const ended = reading.then(
      (state) => this.#cache.put(userId, state),
      () => undefined,
    );
    const loading = ended.finally(() => {
      if (this.#loading.get(userId) === loading) this.#loading.delete(userId);
    });
    this.#loading.set(userId, loading);
  }

  /** Asks for a merge when this state shows that one is due, and for a repair when it is not what memories are. */
  #lookAfter(userId: UserId, state: IndexState): void {
    if (state.count - state.recentBase >= this.#policy.recentDocuments)
      this.#merges.request(userId);
    if (state.documents !== state.memories)
      this.#merges.requestRepair(userId, state.memories - state.documents);
  }
}

/** `undefined` for what only v1 can have stored: a time that is none, or of another age. */
function storedDayOf({ createdAt }: IndexedDocument): number | undefined {
  const day = dayOf(createdAt);
  return Math.abs(day) < 2 ** 31 ? day : undefined;
}

const lacksBlocks = (state: IndexState, terms: readonly QueryTerm[]): boolean =>
  state.segments.some(({ segment }) => segment.missing(terms).length > 0);

const termsOf = (query: PreparedQuery): QueryTerm[] => [...new Set(query.terms)].map(queryTerm);

async function pageOf(
  state: IndexState,
  view: IndexView,
  query: PreparedQuery,
  request: SearchRequest,
  near: NearInView | undefined,
): Promise<SearchHit[]> {
  const { docs } = state.columns;
  const explain = request.explain === true;
  const known = request.matching && allowedBy(state, request.within);
  const looks = looksFor(state.documents);
  // Of what the index lets through, rows refuse so few that nobody has to ask which of all memories pass.
  const certain = known !== undefined && known.unsure <= looks;
  const rank = (among?: ReadonlySet<number>): ((limit: number) => Found[]) => {
    const wanted = among === undefined ? known?.allowed : ordinalsOf(state, among);
    if (wanted?.includes(1) === false) return () => [];
    const provisional = wanted !== undefined && !certain;
    const options = { explain, near, provisional, ...(wanted && onlyThose(view, wanted)) };
    return (limit) =>
      rankFused(query, view, limit, options).map((ranked) => ({ ranked, ...hitOf(ranked, docs) }));
  };
  const { everyMatch, ...rest } = request;
  const page = await rankPage(rank, certain || everyMatch === undefined ? rest : request, looks);
  return page.map(({ ranked, doc, score }) => ({
    doc,
    score,
    ...(ranked.exact === true ? { exact: true } : {}),
    ...(explain ? { explanation: explainHit(view, query.terms, ranked) } : {}),
  }));
}

/** 1 by ordinal for these documents. */
function ordinalsOf({ columns, count }: IndexState, docs: ReadonlySet<number>): Uint8Array {
  const wanted = new Uint8Array(count);
  for (const doc of docs) {
    const ordinal = columns.ordinalOf(doc, count);
    if (ordinal >= 0) wanted[ordinal] = 1;
  }
  return wanted;
}

/** How to rank only those that are wanted. */
const onlyThose = (view: IndexView, wanted: Uint8Array): Pick<RankOptions, 'filter' | 'scope'> => ({
  filter: (ordinal) => wanted[ordinal] === 1,
  scope: scopeOf(view, wanted),
});

/** Whether the tenant has none of the query's words, whatever the filter. */
const matchesNothing = (query: PreparedQuery, view: IndexView): boolean =>
  query.terms.every((term) => view.postings(term).docs.length === 0) &&
  query.rank(view, 1).length === 0;

interface Found extends RankedHit {
  readonly ranked: Ranked;
}

/** A document of the view by the tenant's number for it. */
const hitOf = ({ doc, score }: Ranked, docs: ArrayLike<number>): RankedHit => ({
  doc: docs[doc]!,
  score,
});
