import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryId } from '../../src/domain/ids.js';
import { type ContextMemory, contextBlock } from '../../src/memory/context-block.js';
import { estimateTokens } from '../../src/memory/estimate-tokens.js';

const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }),
  fc.constantFrom('Mina drinks tea.', 'Mina  drinks\ntea.', '미나는 차를 마신다', '😀😀', ' \n '),
);
const memory = fc.record({
  content: text,
  speaker: fc.option(text),
  occurredAt: fc.option(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 })),
  createdAt: fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
});
const ranked = fc
  .array(memory, { maxLength: 30 })
  .map((memories): ContextMemory[] =>
    memories.map((fields, n) => ({ ...fields, id: memoryId(`m${n}`) })),
  );
const budget = fc.integer({ min: 1, max: 400 });

const momentOf = ({ occurredAt, createdAt }: ContextMemory): number => occurredAt ?? createdAt;
const plain = (content: string): string => content.replaceAll(/\s+/g, ' ').trim();

describe('a context block', () => {
  test('never passes its budget, says what it costs, and has one line a memory', () => {
    fc.assert(
      fc.property(ranked, budget, (memories, maxTokens) => {
        const block = contextBlock(memories, maxTokens);
        expect(block.tokens).toBeLessThanOrEqual(maxTokens);
        expect(block.tokens).toBe(estimateTokens(block.text));
        const lines = block.text === '' ? [] : block.text.split('\n');
        expect(lines).toHaveLength(block.memories.length);
      }),
    );
  });

  test('holds no text twice and goes from old to new', () => {
    fc.assert(
      fc.property(ranked, budget, (memories, maxTokens) => {
        const byId = new Map<string, ContextMemory>(memories.map((one) => [one.id, one]));
        const chosen = contextBlock(memories, maxTokens).memories.map((id) => byId.get(id)!);
        const texts = chosen.map(({ content }) => plain(content));
        expect(new Set(texts).size).toBe(texts.length);
        const moments = chosen.map(momentOf);
        expect(moments).toEqual(moments.toSorted((one, other) => one - other));
      }),
    );
  });

  test('leaves nothing out that would still have fitted', () => {
    fc.assert(
      fc.property(ranked, budget, (memories, maxTokens) => {
        const block = contextBlock(memories, maxTokens);
        const present = new Set(block.memories);
        const texts = new Set(
          memories.filter(({ id }) => present.has(id)).map(({ content }) => plain(content)),
        );
        for (const left of memories.filter(({ content }) => !texts.has(plain(content)))) {
          const [line] = [contextBlock([left], Infinity).text];
          const whole = block.text === '' ? line : `${block.text}\n${line}`;
          expect(estimateTokens(whole)).toBeGreaterThan(maxTokens);
        }
      }),
    );
  });
});

describe('the estimate of tokens', () => {
  test.each([
    ['', 0],
    ['abcd', 1],
    ['abcde', 2],
    ['the cat sat', 3],
    ['2024', 2],
    ['déjà', 2],
    ['미나', 2],
    ['漢字かな', 4],
    ['😀', 2],
  ])('of %j is %i', (given, tokens) => {
    expect(estimateTokens(given)).toBe(tokens);
  });
});
