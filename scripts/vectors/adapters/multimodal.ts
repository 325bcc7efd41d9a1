import { formOf } from '../../../packages/server/src/domain/context/content-type.js';
import type { VectorModule } from '../vector-module.js';

const words = ['let me think', 'use the force', 'import the goods', 'type of thing', 'import more'];

const textOf = ({ in: { text } }: { readonly in: Readonly<Record<string, unknown>> }): string =>
  text as string;

/** `multimodal.json`. */
export const multimodal: VectorModule = {
  inPart: true,
  replays: {
    detect_content_type: (call) => {
      const { type, language } = formOf(call['text'] as string);
      return { type, language: language ?? 'unknown' };
    },
  },
  differences: [
    {
      reason: 'prose is no code because it has one of its words',
      covers: (vector) => words.some((some) => textOf(vector).includes(some)),
    },
    { reason: 'JSON is no CSS', covers: (vector) => textOf(vector) === '{"a":1}' },
    {
      reason: 'a public class with braces is Java',
      covers: (vector) => textOf(vector).startsWith('public class'),
    },
  ],
};
