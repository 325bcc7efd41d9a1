import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy that can do what networks do. Its address stays while the server behind it comes and goes. */
export interface UnreliableProxy {
  readonly url: string;
  /** Connections that it has taken so far. */
  readonly connections: number;
  /** Where connections made from now on lead to. */
  leadTo(url: string): void;
  /** Cuts every connection that is open. */
  cut(): void;
  /** Takes in everything and passes nothing on, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Cuts every connection after so many bytes from the server; `undefined` never. */
  cutAfter(bytes: number | undefined): void;
  close(): Promise<void>;
}

/** Starts one in front of a server. */
export async function startProxy(url: string): Promise<UnreliableProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let target = new URL(url);
  let frozen = false;
  let bytesUntilCut: number | undefined;
  let connections = 0;
  const join = (client: Socket): void => {
    connections += 1;
    const server = connect(Number(target.port), target.hostname);
    const pair = [client, server] as const;
    pairs.add(pair);
    let left = bytesUntilCut ?? Number.POSITIVE_INFINITY;
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    client.on('data', (bytes) => void (frozen || server.write(bytes)));
    server.on('data', (bytes) => {
      if (frozen) return;
      client.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left <= 0) client.end(end);
    });
    for (const socket of pair) socket.on('error', end).on('close', end);
  };
  const proxy: Server = createServer(join);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const [client, server] of pairs) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    leadTo: (next) => {
      target = new URL(next);
    },
    cut,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    cutAfter: (bytes) => {
      bytesUntilCut = bytes;
    },
    close: () => {
      cut();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
