/** Where and how to listen. Times have defaults that suit production; tests shorten them. */
export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Version of the product, shown in the OpenAPI document. */
  readonly version: string;
  /** Address under which clients reach the server. Never taken from a Host header. */
  readonly publicUrl?: string | undefined;
  /** A request that has not arrived whole by then is refused and its connection closed. Default 12,000. */
  readonly requestTimeoutMs?: number;
  /** How long close() keeps accepting while /readyz says 503, so that balancers turn away. Default 0. */
  readonly drainDelayMs?: number;
  /** How long close() waits for requests that are being answered. Default 20,000. */
  readonly drainTimeoutMs?: number;
}
