import { randomBytes } from 'node:crypto';
import { syncProtocol } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSyncTickets, type SyncTickets } from '../../src/auth/sync-tickets.system.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { numbersOf } from './fuzzed-frames.js';
import { connectSocket } from './socket-client.js';

const secret = 'the secret of the tickets, longer than 32 bytes';
const origin = 'https://app.example.com';
const tries = 1_000;
/** A machine on which the tries take longer than a ticket lasts must not fail for that. */
const begun = Date.now();
/** The same tickets in every run. */
const random = numbersOf(20_261_124);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

describeEngines('tickets of a stranger', (engine) => {
  verifies('F5', 'FR-09', 'NFR-isolation');
  let db: TestDatabase;
  let server: FullServer;
  let tickets: SyncTickets;
  let victim: { readonly userId: string; readonly key: string };
  let stranger: { readonly userId: string; readonly key: string };
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db, { secret });
    tickets = createSyncTickets({ ...db, secret, clock: { nowMs: () => begun } });
    victim = await server.createAccount('ticket-victim@example.com');
    stranger = await server.createAccount('ticket-stranger@example.com');
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const ticketOf = async ({ key }: { readonly key: string }): Promise<string> => {
    const body = jsonBody({ origin }, { 'X-API-Key': key });
    const { json } = await send(`${server.url}/api/v1/sync/ticket`, body);
    return (json as { ticket: string }).ticket;
  };
  const accountIn = (userId: string): Buffer => Buffer.from(userId.replaceAll('-', ''), 'hex');

  /** What can be made of a ticket of one's own, of the victim's number, and of a ticket of his without the last bit. */
  const forge = (own: string, his: string): string => {
    const bytes = Buffer.from(pick([own, his]), 'base64url');
    const at = Math.floor(random() * bytes.length);
    const secrets = Buffer.from(own, 'base64url').subarray(16);
    return pick([
      () => Buffer.concat([accountIn(victim.userId), secrets]).toString('base64url'),
      () => Buffer.concat([accountIn(victim.userId), randomBytes(32)]).toString('base64url'),
      () =>
        Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from([bytes[at]! ^ (1 << Math.floor(random() * 8))]),
          bytes.subarray(at + 1),
        ]).toString('base64url'),
      () => bytes.subarray(0, at).toString('base64url'),
      () => `${his}${pick(['=', 'A', '\u0000', '%'])}`,
      () => his.toUpperCase(),
      () => randomBytes(48).toString('base64url'),
      () => pick(['', '.', '..', 'null', victim.userId]),
    ])();
  };

  test('open nothing, however they are made, and use up nobody’s', async () => {
    const [own, his] = [await ticketOf(stranger), await ticketOf(victim)];
    const opened: string[] = [];
    const failures = new Set<string>();
    for (let n = 0; n < tries; n += 1) {
      const ticket = forge(own, his);
      if (ticket === own || ticket === his) continue;
      await tickets.redeem(ticket, origin).then(
        ({ userId }) => opened.push(userId),
        (error: unknown) =>
          failures.add(error instanceof StellarError ? error.code : String(error)),
      );
    }
    expect(opened).toEqual([]);
    expect([...failures]).toEqual(['unauthorized']);
    expect((await tickets.redeem(own, origin)).userId).toBe(stranger.userId);
    expect((await tickets.redeem(his, origin)).userId).toBe(victim.userId);
  });

  test('are answered like a bad key at the door, whatever else is offered with them', async () => {
    const his = await ticketOf(victim);
    for (const offered of [
      [syncProtocol, `ticket.${his.slice(0, -2)}AA`],
      [syncProtocol, 'ticket.x', `ticket.${his}`],
      [syncProtocol, `ticket.${'A'.repeat(64)}`],
    ])
      await expect(
        connectSocket(server.url, { headers: { Origin: origin }, protocols: offered }),
      ).rejects.toMatchObject({ status: 401 });
    const both = {
      headers: { Origin: origin, 'X-API-Key': stranger.key },
      protocols: [syncProtocol, `ticket.${his}`],
    };
    await expect(connectSocket(server.url, both)).rejects.toMatchObject({ status: 401 });
  });
});
