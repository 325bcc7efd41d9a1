import type { StellarMemoryClient } from './client.js';
import type { Transport } from './transport.js';
import type { MetadataFilter, RecallContextResponse, RecalledMemory } from './wire.js';

const api = '/api/v1';

type Recalls = Pick<StellarMemoryClient, 'recall' | 'recallPage' | 'recallBatch' | 'recallContext'>;

/** The ways to recall. */
export function createRecalls(send: Transport): Recalls {
  const recallPage: Recalls['recallPage'] = async (q, { signal, timeoutMs, ...options } = {}) => {
    const query = recallParameters(q, options);
    const operation = { method: 'GET', path: `${api}/recall`, query } as const;
    const { value, nextCursor } = await send<RecalledMemory[]>(operation, { signal, timeoutMs });
    return { items: value, next_cursor: nextCursor };
  };

  return {
    recall: async (q, options) => (await recallPage(q, options)).items,
    recallPage,
    async recallBatch(queries, options = {}) {
      const path = `${api}/recall/batch`;
      const operation = { method: 'POST', path, body: { queries }, reads: true } as const;
      return (await send<{ results: RecalledMemory[][] }>(operation, options)).value.results;
    },
    async recallContext(q, { signal, timeoutMs, ...options } = {}) {
      const path = `${api}/recall/context`;
      const operation = { method: 'GET', path, query: recallParameters(q, options) } as const;
      return (await send<RecallContextResponse>(operation, { signal, timeoutMs })).value;
    },
  };
}

/** A query as parameters: the filter by metadata travels as JSON. */
const recallParameters = <Options extends { metadata?: MetadataFilter | undefined }>(
  q: string,
  { metadata, ...others }: Options,
) => ({
  q,
  ...others,
  metadata: metadata === undefined ? undefined : JSON.stringify(metadata),
});
