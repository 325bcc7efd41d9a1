import { z } from 'zod';

/** What a language model is asked. */
export interface ChatPrompt {
  /** What to do. */
  readonly system: string;
  /** What to do it with. */
  readonly user: string;
}

/** Writes text. Rejects when it cannot: nobody's request may fail for it. */
export interface ChatModel {
  write(prompt: ChatPrompt): Promise<string>;
}

/** An OpenAI-compatible chat endpoint. */
export interface HttpChatModelOptions {
  /** Base URL; `/chat/completions` is appended. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Milliseconds for an answer. Default 20,000. */
  readonly timeoutMs?: number;
  /** Tokens of an answer at most. Default 600. */
  readonly maxTokens?: number;
}

/** Bytes of an answer at most, what the protocol puts around the text included. */
const answerBytes = 256 * 1024;
/** Characters of a text that are kept: a model need not obey its limit. */
const textCharacters = 8_000;

const Answer = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/**
 * A model behind HTTP: OpenAI, Ollama, vLLM and others speak this. One try, and no message of an error repeats the
 * prompt, the key or the answer.
 */
export function createHttpChatModel(options: HttpChatModelOptions): ChatModel {
  const { model, timeoutMs = 20_000, maxTokens = 600 } = options;
  const endpoint = `${options.url.replace(/\/+$/, '')}/chat/completions`;
  const { host } = new URL(endpoint);
  return {
    async write({ system, user }) {
      const body = JSON.stringify({
        model,
        messages: [
          { role: 'system', content: system },
          { role: 'user', content: user },
        ],
        max_tokens: maxTokens,
        temperature: 0,
      });
      const timeout = AbortSignal.timeout(timeoutMs);
      const answer = await post(endpoint, body, options.apiKey, timeout).catch((cause: unknown) => {
        if (timeout.aborted)
          throw new Error(`The model at ${host} gave no answer in ${timeoutMs} ms.`);
        throw new Error(`The model at ${host} cannot be asked.`, { cause });
      });
      const text = textOf(answer);
      if (text === undefined) throw new Error(`The answer of the model at ${host} is no text.`);
      return text;
    },
  };
}

async function post(
  endpoint: string,
  body: string,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body,
    // A key is for this host only.
    redirect: 'manual',
    signal,
  });
  if (response.ok) return readAtMost(response, answerBytes);
  await response.body?.cancel();
  throw new Error(`It answered ${response.status}.`);
}

async function readAtMost(response: Response, bytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let read = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    read += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (read > bytes) throw new Error(`It answered more than ${bytes} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What the model wrote; `undefined` when that is nothing, or no answer at all. */
function textOf(answer: string): string | undefined {
  const parsed = Answer.safeParse(parsedJson(answer));
  const text = parsed.data?.choices[0]?.message.content.trim() ?? '';
  const kept = text.slice(0, textCharacters).replaceAll(/\u0000|\p{Surrogate}/gu, '');
  return kept === '' ? undefined : kept;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parser's message repeats the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
