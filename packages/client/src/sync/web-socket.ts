/** What is used of a WebSocket: that of browsers and of Node from 22 on, and of packages like `ws`. */
export interface WebSocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
}

/** Opens a WebSocket. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** The platform's, where it has one. */
export const platformWebSocket = (): WebSocketConstructor | undefined =>
  (globalThis as { readonly WebSocket?: WebSocketConstructor }).WebSocket;

/** What came over a socket since it was last looked at. */
export interface Received {
  /** In the order sent. */
  readonly texts: readonly string[];
  /** Why nothing more comes; absent while more may. */
  readonly end?: SocketEnd;
}

/** `full`: more came than was taken, and it was closed here. Otherwise the code of the close. */
export type SocketEnd = number | 'full';

/** Takes in what a socket says, so that nothing is missed between two looks. */
export class SocketInbox {
  readonly #socket: WebSocketLike;
  readonly #maxCharacters: number;
  readonly #onText: () => void;
  #texts: string[] = [];
  #characters = 0;
  #end: SocketEnd | undefined;
  #wake: (() => void) | undefined;

  /** @param onText told of each text as it comes, taken or not */
  constructor(socket: WebSocketLike, maxCharacters: number, onText: () => void) {
    this.#socket = socket;
    this.#maxCharacters = maxCharacters;
    this.#onText = onText;
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code }) => this.#finish(code));
    // A close follows, which says more; without a listener some implementations throw.
    socket.addEventListener('error', () => undefined);
  }

  /** Waits for something. Errors: the reason of the signal. */
  async next(signal: AbortSignal): Promise<Received> {
    while (this.#texts.length === 0 && this.#end === undefined) await this.#sleep(signal);
    const texts = this.#texts;
    this.#texts = [];
    this.#characters = 0;
    return this.#end === undefined ? { texts } : { texts, end: this.#end };
  }

  /** A socket cannot be asked to wait: what is too much is read again later, from where the reader is then. */
  #take(text: string): void {
    if (this.#end !== undefined) return;
    this.#onText();
    this.#texts.push(text);
    this.#characters += text.length;
    if (this.#characters > this.#maxCharacters) {
      this.#finish('full');
      this.#socket.close(1000);
    }
    this.#wake?.();
  }

  #finish(end: SocketEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }

  #sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (signal.aborted) return stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
    });
  }
}
