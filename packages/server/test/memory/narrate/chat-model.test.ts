import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../../../src/domain/ids.js';
import { createHttpChatModel } from '../../../src/memory/narrate/chat-model.js';
import { SharedModel } from '../../../src/memory/narrate/shared-model.js';
import { type FakeModel, type ModelBehaviour, saying, startModel } from './fake-model.js';

const key = 'sk-very-secret';
const prompt = { system: 'Tell.', user: 'a private note' };

let fake: FakeModel;
beforeEach(async () => {
  fake = await startModel('Mina drinks tea.');
});
afterEach(() => fake.close());

const model = (timeoutMs = 5_000) =>
  createHttpChatModel({ url: `${fake.url}/`, model: 'small', apiKey: key, timeoutMs });

describe('a language model behind HTTP', () => {
  test('is asked in the words of the protocol, with bounded tokens', async () => {
    expect(await model().write(prompt)).toBe('Mina drinks tea.');
    expect(fake.seen).toEqual([
      {
        authorization: `Bearer ${key}`,
        path: '/v1/chat/completions',
        body: {
          model: 'small',
          max_tokens: 600,
          temperature: 0,
          messages: [
            { role: 'system', content: 'Tell.' },
            { role: 'user', content: 'a private note' },
          ],
        },
      },
    ]);
  });

  test('may chatter: its text is trimmed, cut and made storable', async () => {
    fake.script.push(saying(` a\u0000b\ud800 ${'x'.repeat(20_000)}`));
    const text = await model().write(prompt);
    expect(text.startsWith('ab xxx')).toBe(true);
    expect(text.length).toBeLessThanOrEqual(8_000);
  });

  const faults: [string, ModelBehaviour][] = [
    ['an error', (_, response) => response.writeHead(500).end('bad sk-very-secret')],
    ['a refusal', (_, response) => response.writeHead(401).end('who is a private note')],
    [
      'another place to go',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['a cut connection', (_, response) => response.destroy()],
    ['nonsense', (_, response) => response.end('{"choices": [a private note')],
    ['another shape', (_, response) => response.end('{"choices": []}')],
    ['no text', saying(null)],
    ['an empty text', saying('  ')],
    ['silence', () => undefined],
    [
      'an endless answer',
      (_, response) => {
        const pour = (): void => {
          while (response.write('x'.repeat(65_536))) {
            // until its buffer is full
          }
        };
        response.on('drain', pour);
        pour();
      },
    ],
  ];
  test.each(faults)('that gives %s is a failure that tells no secret', async (_, behaviour) => {
    fake.script.push(behaviour);
    const error: unknown = await model(300)
      .write(prompt)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(Error);
    const shown = inspect(error, { depth: 9 });
    expect(shown).toContain('127.0.0.1');
    expect(shown).not.toContain(key);
    expect(shown).not.toContain('private');
    expect(fake.seen).toHaveLength(1);
  });
});

describe('a model that all share', () => {
  const [one, other] = ['1', '2'].map((digit) =>
    userId(`${digit.repeat(8)}-1111-4111-8111-111111111111`),
  ) as [ReturnType<typeof userId>, ReturnType<typeof userId>];
  /** Answers when it is told to. */
  const waiting = () => {
    const answers: ((text: string) => void)[] = [];
    const write = () => new Promise<string>((resolve) => answers.push(resolve));
    return { answers, model: { write } };
  };
  const unexpected = (error: unknown): never => {
    throw error;
  };

  test('serves a few at once, and fewer of each tenant', async () => {
    const { answers, model: slow } = waiting();
    const shared = new SharedModel({ model: slow, onError: unexpected, atOnce: 3, atOnceEach: 2 });
    const first = [shared.write(one, prompt), shared.write(one, prompt)];
    expect(await shared.write(one, prompt)).toBeUndefined();
    const another = shared.write(other, prompt);
    expect(await shared.write(other, prompt)).toBeUndefined();
    for (const answer of answers.splice(0)) answer('told');
    expect(await Promise.all([...first, another])).toEqual(['told', 'told', 'told']);
    const again = shared.write(one, prompt);
    answers[0]!('again');
    expect(await again).toBe('again');
  });

  test('is left alone for a while after a failure', async () => {
    const errors: unknown[] = [];
    let asked = 0;
    const failing = {
      write: () => Promise.reject(new Error(`failure ${(asked += 1)}`)),
    };
    const onError = (error: unknown): void => void errors.push(error);
    const shared = new SharedModel({ model: failing, onError, pauseMs: 60_000 });
    expect(await shared.write(one, prompt)).toBeUndefined();
    expect(await shared.write(other, prompt)).toBeUndefined();
    expect(asked).toBe(1);
    expect(errors).toHaveLength(1);
    const unrested = new SharedModel({ model: failing, onError, pauseMs: -1 });
    await unrested.write(one, prompt);
    await unrested.write(one, prompt);
    expect(asked).toBe(3);
  });
});
