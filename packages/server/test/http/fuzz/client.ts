import { Agent, request } from 'node:http';
import type { Answer } from '../support/exchange.js';

/** Sends requests over a few connections that stay open. */
export class KeepAliveClient {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Resolves with the whole answer; rejects when the connection ends without one. */
  send(
    url: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer | undefined,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.#agent, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const fields = Object.entries(response.headers).map(
            ([name, value]) => [name, String(value)] as [string, string],
          );
          const status = response.statusCode ?? 0;
          resolve({ status, headers: new Headers(fields), text, json: jsonOf(text) });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Pages and metrics are text: the conformance check knows which answers must be JSON.
    return undefined;
  }
}
