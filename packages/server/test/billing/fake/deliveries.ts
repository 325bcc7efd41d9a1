import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** A webhook that is or was sent. */
export interface FakeDelivery {
  readonly eventName: string;
  readonly body: string;
}

/** Seconds before each repetition: three, then the event is lost. */
const retrySeconds = [5, 25, 125];

/** What becomes of an event that the fake makes. */
export type DeliveryMode = 'send' | 'drop' | 'hold';

/** Sends signed webhooks on Lemon Squeezy's schedule, or loses them, or keeps them for a test to send. */
export class Deliveries {
  readonly #url: string;
  readonly #secret: string;
  readonly #retryScale: number;
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  /** Events kept back, in the order in which they happened. */
  readonly held: FakeDelivery[] = [];
  /** Everything that ever happened. */
  readonly all: FakeDelivery[] = [];
  /** Attempts that were answered with anything but 200. */
  failedAttempts = 0;
  mode: DeliveryMode = 'send';

  constructor(url: string, secret: string, retryScale: number) {
    this.#url = url;
    this.#secret = secret;
    this.#retryScale = retryScale;
  }

  /** An event has happened. */
  emit(delivery: FakeDelivery): void {
    this.all.push(delivery);
    if (this.mode === 'hold') this.held.push(delivery);
    if (this.mode !== 'send') return;
    const running = this.#deliver(delivery).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Sends one event once; answers the status. */
  async send({ eventName, body }: FakeDelivery, secret = this.#secret): Promise<number> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-event-name': eventName,
        'x-signature': createHmac('sha256', secret).update(body).digest('hex'),
      },
      body,
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(10_000)]),
    });
    await response.body?.cancel();
    return response.status;
  }

  /** Resolves when every event was delivered or given up. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  async #deliver(delivery: FakeDelivery): Promise<void> {
    for (const seconds of [0, ...retrySeconds]) {
      await this.#wait(seconds * 1_000 * this.#retryScale);
      if (this.#stop.signal.aborted) return;
      // No answer counts as a wrong one.
      const status = await this.send(delivery).catch(() => 0);
      if (status === 200) return;
      this.failedAttempts += 1;
    }
  }

  /** Rejects never: a stop is noticed by whoever waited. */
  #wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
