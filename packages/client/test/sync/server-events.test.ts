import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerEventParser } from '../../src/sync/server-events.js';

const text = fc.string({ unit: 'grapheme' }).filter((value) => !/[\r\n]/.test(value));

test('events come out whole, however the network cuts them', () => {
  const events = fc.array(
    fc.record({
      event: fc.constantFrom('change', 'heartbeat'),
      id: text,
      data: text.map((value) => `{${value}}`),
    }),
  );
  fc.assert(
    fc.property(
      events,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (sent, sizes) => {
        const stream = sent
          .map(({ event, id, data }) => `event: ${event}\nid: ${id}\ndata: ${data}\n\n`)
          .join('');
        const parser = new ServerEventParser();
        const got = [];
        for (let at = 0, piece = 0; at < stream.length; piece += 1) {
          const size = sizes[piece % sizes.length]!;
          got.push(...parser.push(stream.slice(at, at + size)));
          at += size;
        }
        expect(got).toEqual(sent);
      },
    ),
  );
});

test('a line separator of Unicode ends no line', () => {
  expect(new ServerEventParser().push('data: "a\u2028b\u2029c"\n\n')).toEqual([
    { event: 'message', id: '', data: '"a\u2028b\u2029c"' },
  ]);
});

test('comments, other fields, other line ends and data of several lines are understood', () => {
  const parser = new ServerEventParser();
  expect(parser.push(': hello\n\nretry: 5\n\n')).toEqual([]);
  expect(parser.push('event:a\r\nid:7\r\ndata: one\r\ndata: two\r\n\r\ndata\n\n')).toEqual([
    { event: 'a', id: '7', data: 'one\ntwo' },
  ]);
});
