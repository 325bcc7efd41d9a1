import { setTimeout as delay } from 'node:timers/promises';
import type { Tally } from './tally.js';

/** A way to the nodes: goes over to the next one when a request fails, and says for how long nothing went. */
export class Connection {
  readonly #origins: readonly string[];
  readonly #key: string;
  readonly #tally: Tally;
  readonly #random: () => number;
  #at: number;
  #failedAt: number | undefined;
  #told: Record<string, number> = {};

  constructor(origins: readonly string[], key: string, tally: Tally, random: () => number) {
    this.#origins = origins;
    this.#key = key;
    this.#tally = tally;
    this.#random = random;
    this.#at = Math.floor(random() * origins.length);
  }

  /**
   * Sends until it is answered. A failure says nothing of whether the server has acted; only what the request itself
   * says makes it safe to send again.
   *
   * @param cutAfterMs the connection is cut after so long, where it has not been answered by then
   */
  async send(path: string, body: unknown, cutAfterMs: () => number | undefined): Promise<unknown> {
    for (;;) {
      const answer = await this.#try(path, body, cutAfterMs());
      if (answer !== undefined) return answer.json;
    }
  }

  async #try(
    path: string,
    body: unknown,
    cutAfterMs: number | undefined,
  ): Promise<{ readonly json: unknown } | undefined> {
    const cut = cutAfterMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(cutAfterMs));
    const signals = [AbortSignal.timeout(15_000), ...(cut === undefined ? [] : [cut])];
    try {
      const answer = await fetch(`${this.#origins[this.#at]}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'x-api-key': this.#key, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any(signals),
      });
      const text = await answer.text();
      if (answer.status === 200) return this.#answered(text);
      // 408: a machine this busy may keep a request on its way for too long.
      if (answer.status < 500 && answer.status !== 408)
        this.#tally.faults.push(`${path}: ${answer.status} ${text}`);
      return await this.#failed(`${answer.status} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`);
    } catch (error) {
      if (cut?.aborted === true) {
        this.#tally.disconnects += 1;
        this.#at = (this.#at + 1) % this.#origins.length;
        return undefined;
      }
      return this.#failed(reasonOf(error));
    }
  }

  #answered(text: string): { readonly json: unknown } {
    if (this.#failedAt !== undefined)
      this.#tally.outages.push({
        ms: performance.now() - this.#failedAt,
        until: Date.now(),
        told: this.#told,
      });
    this.#failedAt = undefined;
    this.#told = {};
    return { json: JSON.parse(text) };
  }

  async #failed(what: string): Promise<undefined> {
    this.#failedAt ??= performance.now();
    this.#told[what] = (this.#told[what] ?? 0) + 1;
    this.#at = (this.#at + 1) % this.#origins.length;
    await delay(20 + this.#random() * 180);
    return undefined;
  }
}

/** What the connection said, not that of the library, which is always the same. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const { code } = (error.cause ?? {}) as { readonly code?: string };
  return code ?? error.name;
}
