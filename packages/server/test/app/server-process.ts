import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** `node packages/server/dist/main.js` */
export const built: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL('../../dist/main.js', import.meta.url)),
];
const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** The built server in a process of its own, as `npm start` runs it. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();
  #out = '';
  #err = '';
  readonly #closed: Promise<unknown>;

  constructor(env: Readonly<Record<string, string>>, command: readonly string[] = built) {
    const [file = '', ...args] = command;
    this.#child = spawn(file, args, {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', STELLAR_PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** Resolves to the address once the greeting is whole. */
  async ready(): Promise<{ url: string; afterMs: number }> {
    const [, url = ''] = await this.#until(() => / is ready at (\S+) .*\n/.exec(this.#out));
    return { url, afterMs: performance.now() - this.#startedAt };
  }

  /** Resolves once the text was logged. */
  async wrote(text: string): Promise<void> {
    await this.#until(() => (this.#err.includes(text) ? true : null));
  }

  /** Looks again at every output. Fails when the process ends before. */
  async #until<Seen>(look: () => Seen | null): Promise<Seen> {
    const { stdout, stderr } = this.#child;
    const ended = this.#closed.then(() => {
      throw new Error(`the server ended too early:\n${this.#err}`);
    });
    // Told of the end even when nobody waits any more.
    ended.catch(() => undefined);
    for (let seen = look(); ; seen = look()) {
      if (seen !== null) return seen;
      await Promise.race([once(stdout!, 'data'), once(stderr!, 'data'), ended]);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process has ended, and whatever it started, and all of their output is read. */
  async ended(): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
    await this.#closed;
    return { exitCode: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** SIGTERM, and the exit. */
  stop(): Promise<{ exitCode: number | null }> {
    this.signal('SIGTERM');
    return this.ended();
  }
}
