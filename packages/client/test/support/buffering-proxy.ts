import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP proxy that passes an answer on when it has all of it, as some do: no stream gets through. */
export interface BufferingProxy {
  readonly url: string;
  /** Path and query of each request. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/** Starts one in front of a server. Reads only. */
export async function startBufferingProxy(target: string): Promise<BufferingProxy> {
  const paths: string[] = [];
  const proxy = createServer((request, response) => {
    paths.push(request.url!);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const headers = { authorization: request.headers.authorization ?? '' };
    fetch(target + request.url!, { headers, signal: gone.signal })
      .then(async (answer) => {
        const body = await answer.text();
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! });
        response.end(body);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    paths,
    close: () => {
      proxy.closeAllConnections();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
