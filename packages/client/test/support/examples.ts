import { readFile } from 'node:fs/promises';

/** An example of the documentation, and the lines that it says it prints. */
export interface Example {
  /** File and line, as an editor opens it. */
  readonly name: string;
  readonly code: string;
  readonly prints: readonly string[];
}

/** What the examples of single methods take for granted. */
const prelude =
  "import { createClient } from '@stellar-memory/client';\nconst stellar = createClient();\n";

/** Every block marked `ts` of a page, or of a source file's doc comments. */
export async function examplesIn(path: string, name: string): Promise<Example[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/^( \* |   \* |)```ts\n(.*?)^\1```/gms)].map((match) => {
    const [, margin = '', block = ''] = match;
    const bare = block.replaceAll(
      new RegExp(`^${margin.trimEnd().replace('*', '\\*')} ?`, 'gm'),
      '',
    );
    const line = text.slice(0, match.index).split('\n').length;
    return {
      name: `${name}:${line}`,
      code: bare.startsWith('import') ? bare : prelude + bare,
      prints: [...bare.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map(([, said]) => said!),
    };
  });
}
