import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built server in a process of its own, as `npm start` runs it. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();
  #out = '';
  #err = '';

  constructor(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    this.#child = spawn(process.execPath, [main, ...args], {
      env: { PATH: process.env['PATH'] ?? '', STELLAR_PORT: '0', LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
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
    const ended = once(this.#child, 'close').then(() => {
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

  /** Resolves when the process has ended and all of its output is read. */
  async ended(): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      await once(this.#child, 'close');
    return { exitCode: this.#child.exitCode, signal: this.#child.signalCode };
  }

  /** SIGTERM, and the exit. */
  stop(): Promise<{ exitCode: number | null }> {
    this.signal('SIGTERM');
    return this.ended();
  }
}
