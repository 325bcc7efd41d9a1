import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** A shell in the root of the repository, as somebody who follows a guide has one. */
export class Terminal {
  readonly #shell: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #shown = '';

  constructor(env: Readonly<Record<string, string>>) {
    this.#shell = spawn('bash', ['--noprofile', '--norc'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that whatever it started can be ended with it.
      detached: true,
    });
    for (const stream of [this.#shell.stdout, this.#shell.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#shown += text;
        this.#look();
      });
    this.#shell.once('exit', () => this.#look());
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  /** All that was shown so far. */
  get shown(): string {
    return this.#shown;
  }

  type(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }

  /** Resolves once the pattern has been shown. Fails when the shell ends before. */
  shows(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const [found] = pattern.exec(this.#shown) ?? [];
        if (found !== undefined) resolve(found);
        else if (this.#shell.exitCode !== null) reject(new Error(`it ended:\n${this.#shown}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Sends a signal to everything that runs in it. */
  signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#shell;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
  }

  async close(): Promise<void> {
    const ended = once(this.#shell, 'close');
    this.#shell.stdin?.end();
    this.signal('SIGKILL');
    await ended;
  }
}
