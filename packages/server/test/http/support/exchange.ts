import { connect } from 'node:net';

/** An answer as a client got it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` when it is not. */
  readonly json: unknown;
}

/** Sends one request with fetch. */
export async function send(url: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, options);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: asJson(text) };
}

/** A POST or PATCH of JSON, or of text that claims to be JSON. */
export const jsonBody = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
});

/** Sends bytes on a socket of its own and resolves with all that came back when the server closes. */
export function sendRaw(port: number, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(parseAnswer(received)));
  });
}

/** Takes the first answer of what a socket received apart. */
export function parseAnswer(received: string): Answer {
  const [head = '', text = ''] = received.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const length = Number(headers.get('content-length') ?? text.length);
  const body = Buffer.from(text).subarray(0, length).toString();
  return { status: Number(statusLine.split(' ')[1]), headers, text: body, json: asJson(body) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Pages and metrics are not JSON; tests that need JSON compare with it and fail.
    return undefined;
  }
}
