import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../database-error.js';
import { engineCode } from './engine-code.js';
import type { EngineFault, EngineReply, EngineSettings } from './engine-worker.js';
import { startParameters } from './start-parameters.js';

/** The engine stopped or was stopped; its files are as a crash leaves them, which recovery mends. */
export class EngineLost extends DatabaseError {
  constructor(cause: unknown) {
    super('08006', undefined, cause);
  }
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** One running embedded Postgres, in a thread of its own. Only one may have a directory open. */
export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #lost: EngineLost | undefined;

  private constructor(settings: EngineSettings) {
    this.#worker = new Worker(new URL('./engine-worker.js', import.meta.url), {
      workerData: settings,
      // Loaders and test flags of the main thread are not for this one.
      execArgv: [],
    });
    this.#worker.on('message', (reply: EngineReply | EngineFault) => {
      if ('fault' in reply) this.#blame(reply);
      else this.#settle(reply);
    });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(new Error(`the engine's thread ended (${code})`)));
  }

  /** Starts the engine on a cluster's directory, with pgvector if asked for. Resolves when it answers. */
  static async start(directory: string, vectors: boolean): Promise<Engine> {
    const code = await engineCode();
    const engine = new Engine({ directory, startParameters: [...startParameters], code, vectors });
    // The worker's first message has id 0: it is ready.
    await engine.#reply(0);
    return engine;
  }

  /** Whether a request has not been answered yet. */
  get busy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Why the engine is gone, if it is. */
  get lost(): EngineLost | undefined {
    return this.#lost;
  }

  /** Sends whole protocol messages; answers come in the order of the calls. */
  send(bytes: Uint8Array): Promise<Uint8Array> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    this.#lastId += 1;
    const reply = this.#reply(this.#lastId);
    this.#worker.postMessage({ id: this.#lastId, bytes });
    return reply;
  }

  /** Ends cleanly: checkpoint, then the thread. */
  async close(): Promise<void> {
    if (this.#lost === undefined) {
      this.#lastId += 1;
      const closed = this.#reply(this.#lastId);
      this.#worker.postMessage({ id: this.#lastId, close: true });
      await closed;
    }
    await this.terminate();
  }

  /** Ends it in the middle of whatever it does, like a crash. */
  async terminate(): Promise<void> {
    this.#lose(new Error('the engine was stopped'));
    await this.#worker.terminate();
  }

  #reply(id: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #settle({ id, bytes }: EngineReply): void {
    this.#waiting.get(id)?.resolve(bytes);
    this.#waiting.delete(id);
  }

  /**
   * The request that broke the engine fails for good, since it would break the next one too; those behind it
   * may be tried again. Requests are answered in their order, so it is the first.
   */
  #blame({ fault, stackOverflow }: EngineFault): void {
    const cause = new Error(`the embedded engine broke: ${fault}`);
    const [culprit] = this.#waiting.keys();
    if (culprit !== undefined) {
      this.#waiting
        .get(culprit)
        ?.reject(new DatabaseError(stackOverflow ? '54001' : 'XX000', undefined, cause));
      this.#waiting.delete(culprit);
    }
    this.#lose(cause);
  }

  #lose(cause: unknown): void {
    this.#lost ??= new EngineLost(cause);
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }
}
