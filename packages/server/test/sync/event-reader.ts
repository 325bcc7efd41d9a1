import { Agent, fetch } from 'undici';

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Reads a stream of server-sent events one by one. */
export interface EventReader {
  /** The next event; `undefined` when the stream has ended. */
  next(): Promise<ServerEvent | undefined>;
  close(): void;
}

/** Opens a stream. Errors: an answer that is none. */
export async function openEvents(
  url: string,
  headers: Record<string, string>,
): Promise<EventReader> {
  // With connections of its own: after an abort the shared ones are opened anew, unused, and hold up a drain.
  const agent = new Agent();
  const response = await fetch(url, { headers, dispatcher: agent });
  if (response.status !== 200 || response.body === null)
    throw new Error(`no stream: ${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next() {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end !== -1) {
          const event = parse(text.slice(0, end));
          text = text.slice(end + 2);
          return event;
        }
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
    close: () => void agent.destroy(),
  };
}

function parse(block: string): ServerEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    }),
  );
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id') ?? '',
    data: JSON.parse(fields.get('data') ?? 'null') as unknown,
  };
}
