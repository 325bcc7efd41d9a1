import pg from 'pg';

/** A channel of LISTEN and NOTIFY on a connection of its own. */
export interface NotifyChannel {
  /** At most 7,900 bytes. Errors: those of the connection; what was not sent is not sent later. */
  send(payload: string): Promise<void>;
  /** Resolves once it listens. Errors: those of the connection. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** How to reach the channel. */
export interface NotifyChannelOptions {
  /** Without a pooler: LISTEN belongs to a session, which a transaction-mode pooler does not keep. */
  readonly url: string;
  readonly channel: string;
  readonly onMessage: (payload: string) => void;
  /** Told of a lost connection; another is opened. */
  readonly onError: (error: unknown) => void;
}

/** Milliseconds before a lost connection is opened again. */
const reconnectMs = 1_000;

/** Opens the channel and keeps it open. What is said while it is down is lost: listeners must look by themselves too. */
export const openNotifyChannel = (options: NotifyChannelOptions): NotifyChannel =>
  new PostgresNotifyChannel(options);

class PostgresNotifyChannel implements NotifyChannel {
  readonly #options: NotifyChannelOptions;
  #client: Promise<pg.Client>;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: NotifyChannelOptions) {
    this.#options = options;
    this.#client = this.#connect();
  }

  async send(payload: string): Promise<void> {
    const client = await this.#client;
    await client.query('select pg_notify($1, $2)', [this.#options.channel, payload]);
  }

  async ready(): Promise<void> {
    await this.#client;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = await this.#client.catch(() => undefined);
    await client?.end();
  }

  #connect(): Promise<pg.Client> {
    const connecting = this.#open();
    // Heard by `send` too; unheard a failure would end the process.
    connecting.catch((error: unknown) => this.#lost(error));
    return connecting;
  }

  async #open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      application_name: 'stellar-memory wakes',
    });
    client.on('notification', ({ payload = '' }) => this.#options.onMessage(payload));
    await client.connect();
    let ended = false;
    const end = (error: unknown): void => {
      if (!ended) this.#lost(error);
      ended = true;
    };
    client.on('error', end);
    client.on('end', () => end(new Error('the connection for wakes was closed')));
    await client.query(`listen ${pg.escapeIdentifier(this.#options.channel)}`);
    return client;
  }

  #lost(error: unknown): void {
    if (this.#closed) return;
    this.#options.onError(error);
    this.#timer = setTimeout(() => {
      this.#client = this.#connect();
    }, reconnectMs);
    this.#timer.unref();
  }
}
