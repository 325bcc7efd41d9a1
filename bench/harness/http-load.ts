import { Pool } from 'undici';
import { closedLoop, type Measurement } from './percentiles.js';

/** One request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly key?: string;
  readonly body?: unknown;
}

/** Drives a server over keep-alive connections, one a client; anything but 200 is a failure. */
export async function httpLoad(
  origin: string,
  clients: number,
  seconds: number,
  request: (client: number, round: number) => LoadRequest,
): Promise<Measurement> {
  const pool = new Pool(origin, { connections: clients, pipelining: 1 });
  try {
    return await closedLoop(clients, seconds, async (client, round) => {
      const status = await send(pool, request(client, round));
      return status === 200;
    });
  } finally {
    await pool.close();
  }
}

async function send(pool: Pool, { method, path, key, body }: LoadRequest): Promise<number> {
  const response = await pool.request({
    method,
    path,
    headers: {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  await response.body.dump();
  return response.statusCode;
}
