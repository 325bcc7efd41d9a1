/** A connection as a session sees it: texts in, texts out. Whoever opens sockets implements it. */
export interface Wire {
  /** Aborts when the connection has ended, whoever ended it. */
  readonly gone: AbortSignal;
  /** Bytes that were sent and the client has not taken. */
  readonly bufferedBytes: number;
  /** The next frame; `undefined` when none comes in time or the connection has ended. */
  next(timeoutMs?: number): Promise<Incoming | undefined>;
  send(text: string): void;
  /** Resolves when the client has taken everything, or the connection has ended. */
  flushed(): Promise<void>;
  /** Asks the client for a sign of life; a connection that gives none in time is ended. */
  ping(timeoutMs: number): void;
  /** Ends the connection with a code of the protocol, for good within a second. */
  close(code: number, reason: string): void;
}

/** A frame as it came. */
export interface Incoming {
  /** Absent for a frame that is not text, or too long to be looked at. */
  readonly text: string | undefined;
  readonly bytes: number;
}
