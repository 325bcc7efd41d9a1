import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { memoryOf, readConversation } from '../../scripts/conversation/conversation.mjs';
import type { Corpus } from './corpus.js';

/** What is stored of a turn: its text with the caption of its photo, as the loader does, or the text alone. */
export type Captions = 'with captions' | 'without captions';

/** The conversations of a data folder (`locomo/*.json`), one tenant each. Categories are the data's own; all count. */
export async function readConversations(data: string, captions: Captions): Promise<Corpus[]> {
  const folder = join(data, 'locomo');
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return Promise.all(files.map((file) => readCorpus(join(folder, file), captions)));
}

async function readCorpus(path: string, captions: Captions): Promise<Corpus> {
  const conversation = await readConversation(path);
  const documents = conversation.memories.map((turn) => {
    const memory = memoryOf(conversation, turn);
    return {
      content: captions === 'with captions' ? memory.content : turn.text,
      session: memory.session_id,
      speaker: memory.speaker,
      occurredAt: Date.parse(memory.occurred_at) / 1000,
    };
  });
  const numbers = new Map(conversation.memories.map(({ id }, doc) => [id, doc]));
  return {
    name: conversation.id,
    documents,
    questions: conversation.questions.map((question) => ({
      text: question.q,
      category: question.category ?? 'all',
      right: new Set(question.evidence.map((id) => numbers.get(id)!)),
    })),
  };
}
