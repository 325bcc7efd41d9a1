// A process of its own for tests of locks and of crashes: node --import tsx embedded-child.ts <task> <directory>
// It says a word a line on stdout, when what the word stands for has happened.
import { randomUUID } from 'node:crypto';
import { userId } from '../../src/domain/ids.js';
import { lockDirectory } from '../../src/storage/embedded/directory-lock.js';
import { openEmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { sql } from '../../src/storage/sql.js';

const say = (word: string): void => void process.stdout.write(`${word}\n`);

const tasks: Record<string, (directory: string) => Promise<void>> = {
  /** Takes the lock and keeps it until killed, or says why not. */
  async lock(directory) {
    try {
      await lockDirectory(directory);
    } catch (error) {
      say(`refused: ${(error as Error).message}`);
      return;
    }
    say('locked');
    await new Promise((resolve) => process.stdin.on('end', resolve).resume());
  },

  /** Opens the database and keeps it open. */
  async open(directory) {
    await openEmbeddedDatabase({ dataDir: directory });
    say('open');
  },

  /** Commits rows one after another until killed; says each one's number once its commit has returned. */
  async commit(directory) {
    const database = await openEmbeddedDatabase({ dataDir: directory });
    const scope = { role: 'stellar_app', userId: userId(randomUUID()) } as const;
    const next = sql<{ n: number }>`
      insert into acknowledged (n, filler)
      select coalesce(max(n), 0) + 1, repeat('x', 1000) from acknowledged returning n`;
    for (;;) {
      const [row] = await database.transaction(scope, (tx) => tx.query(next));
      say(`${row?.n}`);
    }
  },
};

const [task, directory] = process.argv.slice(2);
await tasks[task ?? '']?.(directory ?? '');
