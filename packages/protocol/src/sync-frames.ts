import { z } from 'zod';
import { Memory } from './memory.js';
import { Mutation, MutationAck } from './mutations.js';
import { ChangeEvent, syncCursor } from './sync.js';
import { label } from './text.js';

/** The WebSocket subprotocol; its number is the major version. */
export const syncProtocol = 'stellar.sync.v1';

/** A browser's ticket travels as a second subprotocol value behind this prefix. */
export const syncTicketPrefix = 'ticket.';

/** Why the server closes a socket, beside the codes of RFC 6455. */
export const syncClose = {
  badFrame: 4400,
  /** The key was revoked or has expired, the session has ended, or the account is suspended. */
  unauthorized: 4401,
  /** More agents than the tier allows. */
  agentLimit: 4403,
  /** No hello came in time. */
  helloTimeout: 4408,
  /** The same agent connected elsewhere. */
  fenced: 4409,
  /** Too many sockets of the account, or frames of this one. */
  tooMany: 4429,
  /** What was sent was not read for too long. */
  slow: 4508,
  /** The server restarts; `bye` said when to come back. */
  restart: 1012,
} as const;

/** Sizes and times of the protocol. */
export const syncLimits = {
  /** Bytes of a frame from a client; a larger one is refused with `error`. */
  frameBytes: 64 * 1024,
  /** Bytes of an `auth` frame. */
  authFrameBytes: 4 * 1024,
  /** Milliseconds in which `auth` and `hello` must come. */
  helloMs: 5_000,
  /** Milliseconds between heartbeats, on average: each is up to a fifth earlier or later. */
  heartbeatMs: 25_000,
  /** Milliseconds in which a ping must be answered. */
  pongMs: 10_000,
  /** Bytes that may wait for a client who does not read; beyond them live pushes stop until he does. */
  bufferedBytes: 1024 * 1024,
  /** Milliseconds after which such a client is let go. */
  slowMs: 30_000,
  /** Seconds that a ticket is good for, once. */
  ticketSeconds: 30,
} as const;

/** The first frame of a socket whose upgrade carried no credential. */
export const AuthFrame = z.strictObject({ t: z.literal('auth'), key: z.string().min(1).max(200) });

/** Who connects, and how far it is. */
export const HelloFrame = z.strictObject({
  t: z.literal('hello'),
  agent: label.describe('The same agent connecting again takes the place of its older socket'),
  cursor: syncCursor.nullable().describe('The cursor of what it holds; null for nothing'),
});
export type HelloFrame = z.output<typeof HelloFrame>;

/**
 * What the agent did; answered with `ack`, or with `error` when it is no mutation. The agent is the one of `hello`
 * when the mutation names none.
 */
export const MutFrame = z.strictObject({ t: z.literal('mut'), ...Mutation.shape });
export type MutFrame = z.output<typeof MutFrame>;

/** Whatever a client may send. */
export const ClientFrame = z.discriminatedUnion('t', [AuthFrame, HelloFrame, MutFrame]);
export type ClientFrame = z.output<typeof ClientFrame>;

/** The answer to `hello`. */
export const WelcomeFrame = z.strictObject({
  t: z.literal('welcome'),
  session: z.string().describe('Names this connection'),
  epoch: z.string(),
  head: z.int().min(0).describe("Number of the tenant's last change"),
  floor: z.int().min(0).describe('Changes up to here are no longer in the log'),
  mode: z
    .enum(['resume', 'snapshot', 'reset'])
    .describe(
      'resume: changes follow. snapshot: everything follows, then changes. reset: the same, and what the client holds is of another history',
    ),
  limits: z.strictObject({
    frame_bytes: z.int(),
    mutation_ops: z.int(),
    heartbeat_ms: z.int(),
    agents: z.int().nullable(),
  }),
  agents: z.array(z.string()).describe('Agents that are connected, this one among them'),
});
export type WelcomeFrame = z.output<typeof WelcomeFrame>;

/** A page of everything there is. It may come later than after `welcome`: when a reader has fallen behind the log. */
export const SnapshotFrame = z.strictObject({
  t: z.literal('snapshot'),
  first: z.boolean().describe('Drop what you hold before you keep these'),
  memories: z.array(Memory),
  cursor: z.string(),
  more: z.boolean().describe('Whether another page of the snapshot follows'),
});
export type SnapshotFrame = z.output<typeof SnapshotFrame>;

/** One transaction. A client at `from` applies it and is at `to`; anywhere else it has missed something. */
export const EvFrame = z.strictObject({ t: z.literal('ev'), ...ChangeEvent.shape });
export type EvFrame = z.output<typeof EvFrame>;

/** The client has everything there is at this moment. */
export const SyncFrame = z.strictObject({
  t: z.literal('sync'),
  seq: z.int().min(0),
  digest: z.string().describe('Of the history up to there: the last part of its cursor'),
});
export type SyncFrame = z.output<typeof SyncFrame>;

/** What became of a mutation, after its commit. */
export const AckFrame = z.strictObject({ t: z.literal('ack'), ...MutationAck.shape });
export type AckFrame = z.output<typeof AckFrame>;

/** The server lives; a client that is behind `head` for long has missed something. */
export const HbFrame = z.strictObject({ t: z.literal('hb'), head: z.int().min(0) });

/** The server goes; come back in so many milliseconds. */
export const ByeFrame = z.strictObject({ t: z.literal('bye'), retry_in: z.int().min(0) });

/** A frame was refused; the socket stays. */
export const ErrorFrame = z.strictObject({
  t: z.literal('error'),
  code: z.string().describe('Error code, as in problem answers'),
  detail: z.string().optional(),
  mid: z.string().optional().describe('The mutation that was refused, when the frame named one'),
  retry_in: z.int().min(0).optional().describe('Milliseconds to wait before sending it again'),
});
export type ErrorFrame = z.output<typeof ErrorFrame>;

/** Whatever the server may send. */
export const ServerFrame = z.discriminatedUnion('t', [
  WelcomeFrame,
  SnapshotFrame,
  EvFrame,
  SyncFrame,
  AckFrame,
  HbFrame,
  ByeFrame,
  ErrorFrame,
]);
export type ServerFrame = z.output<typeof ServerFrame>;

/** `POST /api/v1/sync/ticket` */
export const SyncTicketRequest = z.strictObject({
  origin: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .refine((text) => URL.canParse(text) && new URL(text).origin === text, {
      message: 'must be an origin alone',
    })
    .describe('Origin of the page that will connect, for example https://app.example.com'),
});
export type SyncTicketRequest = z.output<typeof SyncTicketRequest>;

export const SyncTicketResponse = z.strictObject({
  ticket: z.string().describe('Good once, from that origin, for 30 seconds'),
  expires_at: z.string(),
});
export type SyncTicketResponse = z.output<typeof SyncTicketResponse>;
