import type { TestDocument } from '../../packages/server/test/support/memory-index.js';

/** A question and the numbers of the documents that answer it. */
export interface Question {
  readonly text: string;
  readonly category: string;
  readonly right: ReadonlySet<number>;
}

/** Documents of one tenant and questions about them. */
export interface Corpus {
  readonly name: string;
  readonly documents: readonly TestDocument[];
  readonly questions: readonly Question[];
}
