import { expect, test } from 'vitest';
import { memoryId } from '../../../src/domain/ids.js';
import { chronicle, type ToldMemory } from '../../../src/memory/narrate/chronicle.js';

const at = (moment: string, content: string, speaker: string | null = null): ToldMemory => ({
  id: memoryId(content),
  content,
  speaker,
  moment: Date.parse(moment) / 1000,
});

test('tells memories under the days of the reader, who said it in front', () => {
  const memories = [
    at('2026-11-20T09:00:00Z', '부산으로 이사했다.', '미나'),
    at('2026-11-20T20:00:00Z', 'The office\nis at the\t harbour.'),
    at('2026-11-23T09:00:00Z', 'It rains.', 'Jun\n2026-11-24'),
  ];
  expect(chronicle(memories, 'UTC')).toBe(
    '2026-11-20\n- 미나: 부산으로 이사했다.\n- The office is at the harbour.\n\n2026-11-23\n- Jun 2026-11-24: It rains.',
  );
  expect(chronicle(memories, 'Asia/Seoul')).toContain('\n\n2026-11-21\n- The office');
  expect(chronicle([], 'UTC')).toBe('');
});

test('shortens what is long, between words where it can and never within a character', () => {
  const told = (content: string): string => chronicle([at('2026-11-20', content)], 'UTC').slice(13);
  expect(told('x'.repeat(300))).toBe('x'.repeat(300));
  expect(told('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
  expect(told('words and '.repeat(40))).toBe(`${'words and '.repeat(29)}words…`);
  expect(told('😀'.repeat(400))).toBe(`${'😀'.repeat(149)}…`);
});
