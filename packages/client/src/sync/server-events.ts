/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/**
 * Takes server-sent events out of the pieces in which they arrive, as the WHATWG specification has them; comments and
 * events without data are left out. Answers those that are whole.
 */
export class ServerEventParser {
  #rest = '';

  push(piece: string): ServerEvent[] {
    const blocks = (this.#rest + piece).split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? '';
    return blocks.map(parse).filter(({ data }) => data !== '');
  }
}

function parse(block: string): ServerEvent {
  const fields: Record<string, string[]> = {};
  for (const line of block.split(/\r?\n/)) {
    // With `s`, as a dot passes by U+2028 and U+2029 otherwise, which JSON leaves as they are.
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    (fields[name] ??= []).push(value);
  }
  return {
    event: fields['event']?.at(-1) ?? 'message',
    id: fields['id']?.at(-1) ?? '',
    data: fields['data']?.join('\n') ?? '',
  };
}
