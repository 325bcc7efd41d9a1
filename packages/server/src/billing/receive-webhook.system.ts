import { createHash } from 'node:crypto';
import { StellarError } from '../domain/stellar-error.js';
import { insertEvent, noteFailedAttempt } from '../storage/statements/webhook-events.system.js';
import { applyEvent } from './apply-event.system.js';
import type { WebhookReceiver } from './billing-service.js';
import { EventEnvelope } from './lemonsqueezy-shapes.js';
import type { BillingParts } from './settle.system.js';
import { isSigned } from './webhook-signature.js';

/** Takes events in, and applies them as soon as their sender has his answer. */
export class Webhooks implements WebhookReceiver {
  readonly #parts: BillingParts;
  readonly #secret: string;
  readonly #running = new Set<Promise<void>>();

  constructor(parts: BillingParts, secret: string) {
    if (secret === '') throw new Error('Webhooks need a secret: everybody could sign with none.');
    this.#parts = parts;
    this.#secret = secret;
  }

  async receive({ body, signature }: { body: Uint8Array; signature: string }): Promise<void> {
    if (!isSigned(body, signature, this.#secret))
      throw new StellarError('unauthorized', { detail: 'The signature is not valid.' });
    const text = textOf(body);
    // X-Event-Name is outside the signature: the name that counts is in the body.
    const name = nameOf(text);
    const bodyHash = createHash('sha256').update(body).digest('hex');
    await this.#parts.system.asSystem((tx) => insertEvent(tx, { bodyHash, name, body: text }));
    this.#start(bodyHash);
  }

  /** Applies one event; a failure is noted, told and left to the next try. */
  async apply(bodyHash: string): Promise<void> {
    try {
      await applyEvent(this.#parts, bodyHash);
    } catch (err) {
      this.#parts.onAlarm('event_failed', { err, body_hash: bodyHash });
      await this.#parts.system.asSystem((tx) => noteFailedAttempt(tx, bodyHash));
    }
  }

  /** Resolves when everything that was taken in here so far has been tried. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  #start(bodyHash: string): void {
    const running = this.apply(bodyHash)
      .catch((err: unknown) => this.#parts.onAlarm('event_failed', { err, body_hash: bodyHash }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw notAnEvent(error);
  }
}

function nameOf(text: string): string {
  try {
    return EventEnvelope.parse(JSON.parse(text)).meta.event_name;
  } catch (error) {
    throw notAnEvent(error);
  }
}

const notAnEvent = (cause: unknown): StellarError =>
  new StellarError('invalid_json', { detail: 'The body is not an event.' }, cause);
