import { renumberVectors } from '../../storage/statements/memory-vectors.js';
import type { LexicalIndex } from '../lexical-index.js';
import type { EmbeddingService } from './embedding-service.system.js';

/** The lexical index, with vectors that follow what changes. */
export const indexWithVectors = (
  lexical: LexicalIndex,
  embedding: Pick<EmbeddingService, 'noteChange' | 'close'>,
): LexicalIndex => ({
  encode: (document) => lexical.encode(document),
  async add(tx, documents) {
    const kept = documents.flatMap(({ sameTextAs: from, doc: to }) =>
      from === undefined ? [] : [{ from, to }],
    );
    await Promise.all([lexical.add(tx, documents), kept.length > 0 && renumberVectors(tx, kept)]);
  },
  remove: (tx, docs) => lexical.remove(tx, docs),
  search: (tx, request) => lexical.search(tx, request),
  // Only the lexical part could be guessed, and that is not the answer.
  guess: async () => undefined,
  noteChange(userId, memories) {
    lexical.noteChange(userId, memories);
    embedding.noteChange(userId);
  },
  purge: (userId, until) => lexical.purge(userId, until),
  async close() {
    await embedding.close();
    await lexical.close();
  },
});
