import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running `embedded-child`. */
export interface EmbeddedProcess {
  readonly child: ChildProcess;
  /** The next word it says; undefined when it ended instead. */
  word(): Promise<string | undefined>;
  /** Sends SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

const script = fileURLToPath(new URL('./embedded-child.ts', import.meta.url));

/** Starts one: see `embedded-child` for its tasks. */
export function startEmbeddedProcess(task: string, directory: string): EmbeddedProcess {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions', 'stellar:source', script, task, directory],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const words = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    word: async () => ((await words.next()) as IteratorResult<string, undefined>).value,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
