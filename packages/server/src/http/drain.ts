import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { HttpConfig } from './http-config.js';

/**
 * The end of the server, in order: say that it is not ready, keep serving until balancers have noticed,
 * stop accepting, let what runs finish, close what is left. Answers meanwhile carry `Connection: close`.
 */
export class Drain {
  readonly #app: FastifyInstance;
  readonly #delayMs: number;
  readonly #timeoutMs: number;
  #ended: Promise<void> | undefined;

  constructor(app: FastifyInstance, { drainDelayMs = 0, drainTimeoutMs = 20_000 }: HttpConfig) {
    this.#app = app;
    this.#delayMs = drainDelayMs;
    this.#timeoutMs = drainTimeoutMs;
    // When the answer leaves, not when the request comes: what began before the drain must end it too.
    app.addHook('onSend', (_request, reply, payload, done) => {
      if (this.hasBegun) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /** Whether the server is on its way out. */
  get hasBegun(): boolean {
    return this.#ended !== undefined;
  }

  /** Drains once, however often it is asked. Resolves when every connection is closed. */
  run(): Promise<void> {
    this.#ended ??= this.#close();
    return this.#ended;
  }

  async #close(): Promise<void> {
    if (this.#delayMs > 0) await delay(this.#delayMs);
    const timer = setTimeout(() => this.#app.server.closeAllConnections(), this.#timeoutMs);
    try {
      await this.#app.close();
    } finally {
      clearTimeout(timer);
    }
  }
}
