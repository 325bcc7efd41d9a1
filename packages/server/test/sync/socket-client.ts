import { ServerFrame, syncProtocol } from '@stellar-memory/protocol';
import { WebSocket } from 'ws';

/** What clients of tests are given to connect with: Node 20 has none of its own. */
export { WebSocket };

type Frame<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>;

/** A client of the sync socket that checks every frame against its schema. */
export interface SocketClient {
  readonly socket: WebSocket;
  /** Every frame that came and was not asked for yet. */
  readonly frames: ServerFrame[];
  send(frame: unknown): void;
  /** The next frame of this kind; those before it are passed by. Rejects when the socket closes first. */
  next<T extends ServerFrame['t']>(
    kind: T,
    passBy?: (frame: ServerFrame) => void,
  ): Promise<Frame<T>>;
  /** Code and reason of the close. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

/** How to connect. */
export interface ConnectOptions {
  readonly headers?: Record<string, string>;
  readonly protocols?: readonly string[];
  /** False for a client that is there and does not answer. */
  readonly answersPings?: boolean;
}

/** An upgrade that was answered like a request. */
export class Refused extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`${status} ${body}`);
    this.status = status;
    this.body = body;
  }
}

/** Connects. Errors: `Refused` when there is an answer instead of a socket. */
export function connectSocket(url: string, options: ConnectOptions = {}): Promise<SocketClient> {
  const { headers = {}, protocols = [syncProtocol], answersPings = true } = options;
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/sync`, [...protocols], {
    headers,
    autoPong: answersPings,
  });
  const frames: ServerFrame[] = [];
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  let ended = false;
  socket.on('message', (data: Buffer) => {
    frames.push(ServerFrame.parse(JSON.parse(data.toString())));
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      ended = true;
      resolve({ code, reason: reason.toString() });
      wake();
    });
  });
  const client: SocketClient = {
    socket,
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async next(kind, passBy) {
      for (;;) {
        const frame = frames.shift();
        if (frame?.t === kind) return frame as Frame<typeof kind>;
        if (frame !== undefined) {
          passBy?.(frame);
          continue;
        }
        if (ended) throw new Error(`the socket closed before ${kind} came`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client));
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        reject(new Refused(response.statusCode ?? 0, Buffer.concat(chunks).toString())),
      );
    });
  });
}
