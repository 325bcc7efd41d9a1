import { readFile } from 'node:fs/promises';
import { momentOf } from './moment.mjs';

/**
 * @typedef {object} Turn
 * @property {string} id
 * @property {number} session
 * @property {string} date
 * @property {string} speaker
 * @property {string} text
 * @property {string} [image_caption]
 *
 * @typedef {object} Question
 * @property {string} q
 * @property {string[]} evidence Ids of the turns that answer it.
 * @property {string} [category] Kind of question, where the data tells.
 *
 * @typedef {object} Conversation
 * @property {string} id
 * @property {Turn[]} memories
 * @property {Question[]} questions
 */

/**
 * @param {string} path
 * @returns {Promise<Conversation>}
 */
export async function readConversation(path) {
  const read = /** @type {Partial<Conversation>} */ (JSON.parse(await readFile(path, 'utf8')));
  if (Array.isArray(read.memories) && Array.isArray(read.questions))
    return /** @type {Conversation} */ (read);
  throw new Error(`${path} is no conversation: it has no lists "memories" and "questions".`);
}

/**
 * A turn as what is stored of it. `metadata.turn` leads from a recalled memory back to the turn.
 *
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export const memoryOf = (conversation, turn) => ({
  content: turn.image_caption ? `${turn.text} [photo: ${turn.image_caption}]` : turn.text,
  speaker: turn.speaker,
  session_id: `${conversation.id}/${turn.session}`,
  occurred_at: momentOf(turn.date),
  metadata: { turn: turn.id },
});

/**
 * So many questions, taken evenly from the whole list.
 *
 * @param {Conversation} conversation
 * @param {number} count
 * @returns {Question[]}
 */
export function someQuestions({ questions }, count) {
  const step = Math.max(1, questions.length / count);
  return questions.filter((_, index) => Math.floor(index % step) === 0).slice(0, count);
}
