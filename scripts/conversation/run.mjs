import process from 'node:process';
import { parseArgs } from 'node:util';
import { createClient } from '../../packages/client/src/index.ts';
import { readConversation } from './conversation.mjs';

/** @typedef {import('../../packages/client/src/index.ts').StellarMemoryClient} Client */

/** @param {string} text */
export const say = (text) => void process.stdout.write(`${text}\n`);

/**
 * Runs a script that takes a conversation's file, a server and an account. Without `--key` the account is that of
 * STELLAR_API_KEY, else the local one.
 *
 * @param {(conversation: import('./conversation.mjs').Conversation, stellar: Client, questions: number) => Promise<void>} work
 */
export async function withConversation(work) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        key: { type: 'string' },
        questions: { type: 'string', default: '10' },
      },
    });
    const [path] = positionals;
    if (path === undefined) throw new Error('Name the file of the conversation.');
    const apiKey = values.key ?? process.env['STELLAR_API_KEY'];
    const stellar = createClient({ url: values.url, apiKey });
    await work(await readConversation(path), stellar, Number(values.questions));
  } catch (error) {
    process.stderr.write(`✗ ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
