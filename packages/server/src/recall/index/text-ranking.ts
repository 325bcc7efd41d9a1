import type { AnalysedDocument, IndexView, TermDictionary } from '../index-view.js';
import type { IndexedDocument } from '../lexical-index.js';
import type { Scope } from '../ranking/scope.js';

/** A document of a view and its score. */
export interface Ranked {
  readonly doc: number;
  readonly score: number;
  /** It alone has what is looked for: nothing may come before it. */
  readonly exact?: boolean;
  /** What each part of the ranking gave, by its name, when that was asked for and is known. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** How to rank. */
export interface RankOptions {
  /** Whether to give the parts of each score. */
  readonly explain: boolean;
  /** Which documents of the view are wanted. */
  readonly filter?: ((doc: number) => boolean) | undefined;
  /** Whether some of those may be refused later: then none that matches is left out, however common its words. */
  readonly provisional?: boolean;
  /** The documents that the scores of the wanted depend on; absent, all. */
  readonly scope?: Scope | undefined;
}

/** A query after text analysis. */
export interface PreparedQuery {
  /** Distinct terms whose postings ranking may ask for. */
  readonly terms: readonly string[];
  /**
   * The best documents of the view, best first, at most `limit`: fewer only when no more match at all. A greater limit
   * gives the same documents first.
   */
  rank(view: IndexView, limit: number, options?: RankOptions): readonly Ranked[];
  /** The query as far as it can be afforded: without its commonest terms when all have too many postings together. */
  afforded?(postingsOf: (term: string) => number, documents: number): PreparedQuery;
  /**
   * Asked when no document matches at all: the query with terms in use in place of those that look like misspelt ones;
   * `undefined` when none does.
   */
  respell?(dictionary: TermDictionary): Promise<PreparedQuery | undefined>;
}

/** What text analysis and ranking do for the index. All of it is pure, but for `respell`, which asks the dictionary. */
export interface TextRanking {
  analyse(document: IndexedDocument): AnalysedDocument;
  prepare(text: string): PreparedQuery;
  /** Keys that a speaker's name is found by. Always the same for a name: they are remembered. */
  speakerKeys(name: string): readonly string[];
}
