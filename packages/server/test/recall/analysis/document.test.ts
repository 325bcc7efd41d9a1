import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseDocument } from '../../../src/recall/analysis/document.js';
import { documentFlags, noDay, questionShareShift } from '../../../src/recall/index-view.js';

const analyse = (content: string, role: string | null = null, speaker: string | null = null) =>
  analyseDocument({ content, speaker, role, occurredAt: null });
const has = (content: string, flag: keyof typeof documentFlags): boolean =>
  (analyse(content).flags & documentFlags[flag]) !== 0;
const questionShare = (content: string): number =>
  (analyse(content).flags >> questionShareShift) & 15;

describe('a document', () => {
  it('is its terms with their counts, and its length with repeats', () => {
    const { terms, length } = analyse('A boat, two boats and a harbour');
    expect([...terms]).toEqual([
      ['boat', 2],
      ['two', 1],
      ['harbour', 1],
    ]);
    expect(length).toBe(4);
  });

  it('counts a term at most 255 times', () => {
    expect(analyse('boat '.repeat(300)).terms.get('boat')).toBe(255);
    expect(analyse('boat '.repeat(300)).length).toBe(300);
  });

  it('knows the day it happened on', () => {
    const source = { content: 'x', speaker: null, role: null };
    expect(analyseDocument({ ...source, occurredAt: 86_400 * 3 + 5 }).day).toBe(3);
    expect(analyseDocument({ ...source, occurredAt: null }).day).toBe(noDay);
  });

  it('knows whose side it is on by its role, else by its speaker', () => {
    expect(analyse('x', 'User').flags).toBe(documentFlags.userRole);
    expect(analyse('x', 'assistant').flags).toBe(documentFlags.assistantRole);
    expect(analyse('x', null, 'user').flags).toBe(documentFlags.userRole);
    expect(analyse('x', 'narrator', 'user').flags).toBe(0);
  });

  it('knows how much of it is a question, and whether it is short enough to be one', () => {
    expect(questionShare('I like tea.')).toBe(0);
    expect(questionShare('What is your favourite book?')).toBe(15);
    expect(questionShare('I like tea very much. And do you like it?')).toBeGreaterThan(5);
    expect(has('Nice! What is your favourite book?', 'asks')).toBe(true);
    expect(has(`${'Tea and cake were served. '.repeat(20)} Do you like it?`, 'asks')).toBe(false);
  });

  it('knows whether it names a moment or a number', () => {
    expect(has('We met last week', 'timeWord')).toBe(true);
    expect(has('어제 만났다', 'timeWord')).toBe(true);
    expect(has('We met at the harbour', 'timeWord')).toBe(false);
    expect(has('I have three cats', 'number')).toBe(true);
    expect(has('고양이 세 마리', 'number')).toBe(true);
    expect(has('I have cats', 'number')).toBe(false);
  });

  it('fits the index, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string(), (content, role) => {
        const { terms, length, flags } = analyse(content, role);
        expect([...terms.keys()].every((term) => term.length >= 1 && term.length <= 64)).toBe(true);
        expect([...terms.values()].every((count) => count >= 1 && count <= 255)).toBe(true);
        expect(length).toBeLessThanOrEqual(65_535);
        expect(flags).toBeLessThanOrEqual(0xffff);
        expect(analyse(content, role)).toEqual({ terms, length, flags, day: noDay });
      }),
    );
  });

  it('of the greatest size stays within a term of 64 units and a length of 65,535', () => {
    const { terms, length } = analyse('가나다'.repeat(3_640));
    expect(Math.max(...[...terms.keys()].map((term) => term.length))).toBeLessThanOrEqual(64);
    expect(length).toBeLessThanOrEqual(65_535);
  });
});
