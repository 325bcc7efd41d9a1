import type { StellarMemoryClient, WriteOptions } from './client.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { createRecalls } from './recalls.js';
import { segment } from './segment.js';
import type { Answer, Transport } from './transport.js';
import type {
  ContentType,
  ListResponse,
  Memory,
  MemoryLink,
  MemoryOrbit,
  StatsResponse,
  StoreResponse,
  TimelineEntry,
} from './wire.js';

const api = '/api/v1';

/** The operations on memories. */
export function createMemories(
  send: Transport,
): Omit<StellarMemoryClient, 'account' | 'billing' | 'apiKeys' | 'usage' | 'sync'> {
  const write = <Value>(
    operation: {
      method: 'POST' | 'PATCH' | 'DELETE';
      path: string;
      body?: unknown;
      ifMatch?: string;
    },
    options: WriteOptions,
  ): Promise<Answer<Value>> =>
    send<Value>({ ...operation, idempotencyKey: idempotencyKeyOf(options) }, options);

  const list: StellarMemoryClient['list'] = async ({ signal, timeoutMs, ...query } = {}) => {
    const operation = { method: 'GET', path: `${api}/memories`, query } as const;
    return (await send<ListResponse>(operation, { signal, timeoutMs })).value;
  };

  return {
    async store(body, options = {}) {
      const operation = { method: 'POST', path: `${api}/store`, body } as const;
      return (await write<StoreResponse>(operation, options)).value;
    },
    async storeBatch(memories, options = {}) {
      const operation = { method: 'POST', path: `${api}/store/batch`, body: { memories } } as const;
      return (await write<{ items: StoreResponse[] }>(operation, options)).value.items;
    },
    ...createRecalls(send),
    async forget(id, options = {}) {
      await write({ method: 'DELETE', path: `${api}/forget/${segment(id)}` }, options);
    },
    async get(id, options = {}) {
      const operation = { method: 'GET', path: `${api}/memories/${segment(id)}` } as const;
      return versioned(await send<MemoryInOrbit>(operation, options));
    },
    async patch(id, body, { ifMatch, ...options } = {}) {
      const path = `${api}/memories/${segment(id)}`;
      const condition = ifMatch === undefined ? {} : { ifMatch };
      return versioned(await write<Memory>({ method: 'PATCH', path, body, ...condition }, options));
    },
    list,
    async *listAll(options = {}) {
      let cursor: string | undefined;
      do {
        const page = await list({ limit: 100, ...options, cursor });
        yield* page.items;
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
    },
    async timeline({ signal, timeoutMs, ...query } = {}) {
      const operation = { method: 'GET', path: `${api}/timeline`, query } as const;
      return (await send<TimelineEntry[]>(operation, { signal, timeoutMs })).value;
    },
    async stats(options = {}) {
      return (await send<StatsResponse>({ method: 'GET', path: `${api}/stats` }, options)).value;
    },
  };
}

interface MemoryInOrbit extends Memory {
  orbit: MemoryOrbit;
  content_type: ContentType;
  links: MemoryLink[];
}

const versioned = <Value extends Memory>({ value, etag }: Answer<Value>) => ({ ...value, etag });
