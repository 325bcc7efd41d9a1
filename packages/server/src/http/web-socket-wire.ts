import type { RawData, WebSocket } from 'ws';
import type { Incoming, Wire } from '../sync/wire.js';

/** Frames that wait for their answer before the socket is no longer read: the client's own buffers hold the rest. */
const maxWaiting = 16;
/** Milliseconds that a client has to answer a close. */
const closingMs = 1_000;

/** A WebSocket as sessions see it. */
export class WebSocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #gone = new AbortController();
  readonly #frames: Incoming[] = [];
  readonly #flushes: (() => void)[] = [];
  #take: ((frame: Incoming | undefined) => void) | undefined;
  #unsent = 0;
  #pongDue: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => clearTimeout(this.#pongDue));
    socket.on('close', () => this.#end());
    // A frame that breaks the protocol: the library closes with the right code, and `close` follows.
    socket.on('error', () => socket.terminate());
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  next(timeoutMs?: number): Promise<Incoming | undefined> {
    const frame = this.#frames.shift();
    if (this.#frames.length < maxWaiting && this.#socket.isPaused) this.#socket.resume();
    if (frame !== undefined || this.gone.aborted) return Promise.resolve(frame);
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.#give(), timeoutMs);
      this.#take = (taken) => {
        clearTimeout(timer);
        resolve(taken);
      };
    });
  }

  send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#unsent += 1;
    this.#socket.send(text, () => {
      this.#unsent -= 1;
      if (this.#unsent === 0) this.#release();
    });
  }

  flushed(): Promise<void> {
    if (this.#unsent === 0 || this.gone.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#flushes.push(resolve));
  }

  ping(timeoutMs: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    clearTimeout(this.#pongDue);
    this.#pongDue = setTimeout(() => this.#socket.terminate(), timeoutMs);
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    // A client that is not there cannot answer, and one that does not read never sees the code.
    const timer = setTimeout(() => this.#socket.terminate(), closingMs);
    this.gone.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  #receive(data: RawData, isBinary: boolean): void {
    // `ws` gives one Buffer a message unless told otherwise.
    const bytes = data as Buffer;
    this.#give({ text: isBinary ? undefined : bytes.toString(), bytes: bytes.length });
    if (this.#frames.length >= maxWaiting) this.#socket.pause();
  }

  #give(frame?: Incoming): void {
    const take = this.#take;
    this.#take = undefined;
    if (take !== undefined) take(frame);
    else if (frame !== undefined) this.#frames.push(frame);
  }

  #end(): void {
    clearTimeout(this.#pongDue);
    this.#gone.abort();
    this.#give();
    this.#release();
  }

  #release(): void {
    for (const resolve of this.#flushes.splice(0)) resolve();
  }
}
