/** One HTTP request of the probe. */
export interface ProbeRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Everything a client could read out of an answer: status, headers and body in one text. */
export interface ProbeAnswer {
  readonly status: number;
  readonly body: string;
  /** Headers and body, for the search for canaries. */
  readonly everything: string;
}

/** Sends a request as whoever the credential belongs to; no credential is anonymous. */
export async function call(
  origin: string,
  credential: string | undefined,
  request: ProbeRequest,
): Promise<ProbeAnswer> {
  const answer = await fetch(origin + request.path, {
    method: request.method,
    headers: {
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const body = await answer.text();
  const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  return { status: answer.status, body, everything: `${headers}\n\n${body}` };
}

/** The body of an answer that had to succeed. */
export async function expectJson<Body>(
  origin: string,
  credential: string | undefined,
  request: ProbeRequest,
): Promise<Body> {
  const answer = await call(origin, credential, request);
  if (answer.status >= 300)
    throw new Error(`${request.method} ${request.path} answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as Body;
}
