import type { Answer } from '../support/exchange.js';
import { jsonBody, send } from '../support/exchange.js';
import type { FullServer } from '../support/full-server.js';
import { KeepAliveClient } from './client.js';
import { type Credential, type FuzzRequest, somethingKnown } from './requests.js';

/** A request as it was sent, with what came back. */
export interface Shot {
  readonly method: string;
  readonly url: string;
  readonly template: string;
  readonly answer: Answer;
}

/** Of so many of the last ids one is taken: most still exist, some are forgotten, half are the other person's. */
const recentIds = 24;

type Person = 'alice' | 'bob';

/** Sends fuzz requests for two accounts and keeps a ledger of what was acknowledged. */
export class Fuzzer {
  readonly #server: FullServer;
  readonly #client = new KeepAliveClient(6);
  readonly #keys: Readonly<Record<Exclude<Credential, 'none' | 'two'>, string>>;
  readonly #stored: Record<Person, Set<string>> = { alice: new Set(), bob: new Set() };
  readonly #forgotten: Record<Person, Set<string>> = { alice: new Set(), bob: new Set() };
  /** Ids by the start of the path that takes them. */
  readonly #known = new Map<string, string[]>();
  #turn = 0;

  private constructor(server: FullServer, keys: Record<Person | 'reader', string>) {
    this.#server = server;
    this.#keys = { ...keys, operator: server.operatorToken, wrong: `${keys.alice.slice(0, -1)}x` };
  }

  /** Makes the accounts, and a key of Alice's that only reads. */
  static async open(server: FullServer): Promise<Fuzzer> {
    const [alice, bob] = [
      (await server.createAccount('fuzz-alice@example.com')).key,
      (await server.createAccount('fuzz-bob@example.com')).key,
    ];
    const reading = jsonBody({ scopes: ['read'] }, { 'X-API-Key': alice });
    const { json } = await send(`${server.url}/auth/api-keys`, reading);
    const { api_key: reader } = json as { api_key: string };
    return new Fuzzer(server, { alice, bob, reader });
  }

  /** Fills in what the request leaves open, sends it and notes what it did. */
  async shoot(request: FuzzRequest): Promise<Shot> {
    const { method, template, body, credential } = request;
    const id = encodeURIComponent(request.pathValue ?? this.#knownId(template));
    const asked = request.query.replace(somethingKnown, () => this.#knownId(template));
    const query = asked === '' ? '' : `?${asked}`;
    const url = `${this.#server.url}${template.replace('{id}', id)}${query}`;
    const length = body === undefined ? {} : { 'content-length': `${body.length}` };
    const headers = { ...request.headers, ...length, ...this.#credentials(credential) };
    const answer = await this.#client.send(url, method, headers, body);
    if (answer.status < 300) this.#note(request, id, answer.json);
    return { method, url, template, answer };
  }

  /** How many memories a person must have, by what was acknowledged. */
  expectedMemories(person: Person): number {
    return [...this.#stored[person]].filter((id) => !this.#forgotten[person].has(id)).length;
  }

  /** How many the server says there are. */
  async countedMemories(person: Person): Promise<number> {
    const headers = { 'X-API-Key': this.#keys[person] };
    const { json } = await send(`${this.#server.url}/api/v1/stats`, { headers });
    return (json as { total_memories: number }).total_memories;
  }

  close(): void {
    this.#client.close();
  }

  #credentials(credential: Credential): Record<string, string> {
    if (credential === 'none') return {};
    if (credential === 'two')
      return { 'x-api-key': this.#keys.alice, authorization: `Bearer ${this.#keys.bob}` };
    const key = this.#keys[credential];
    this.#turn += 1;
    if (credential === 'operator' || this.#turn % 3 === 0)
      return { authorization: `Bearer ${key}` };
    return this.#turn % 3 === 1 ? { 'x-api-key': key } : { authorization: `token ${key}` };
  }

  #knownId(template: string): string {
    const ids = this.#known.get(kindOf(template))?.slice(-recentIds) ?? [];
    this.#turn += 1;
    return ids[(this.#turn * 7_919) % ids.length] ?? 'nothing-yet';
  }

  #note({ method, template, credential, body }: FuzzRequest, id: string, json: unknown): void {
    const person = credential === 'bob' ? 'bob' : 'alice';
    if (method === 'DELETE' && template.startsWith('/api/v1/forget'))
      this.#forgotten[person].add(decodeURIComponent(id));
    if (method !== 'POST') return;
    if (template.endsWith('/memories/{id}/restore'))
      this.#forgotten[person].delete(decodeURIComponent(id));
    if (template === '/api/v1/import') this.#noteImport(person, body);
    if (template === '/api/v1/mutations') this.#noteMutations(person, body, json);
    const made = json as Made;
    if (typeof made.summary_memory_id === 'string')
      this.#stored[person].add(made.summary_memory_id);
    const ids =
      kindOf(template) === 'session'
        ? [made.session_id]
        : [made.id, made.user_id, ...(made.items ?? []).map((item) => item.id)];
    for (const newId of ids.filter((candidate) => candidate !== undefined)) {
      this.#known.set(kindOf(template), [...(this.#known.get(kindOf(template)) ?? []), newId]);
      if (template.startsWith('/api/v1/store')) this.#stored[person].add(newId);
    }
  }

  /** What was answered as applied happened, and nothing else did. */
  #noteMutations(person: Person, body: Buffer | undefined, json: unknown): void {
    const { mutations } = JSON.parse(body?.toString() ?? '') as {
      mutations: { ops: { op: string }[] }[];
    };
    const { acks } = json as { acks: { results: { result: string; id?: string }[] }[] };
    for (const [at, { results }] of acks.entries())
      for (const [position, { result, id }] of results.entries()) {
        if (result !== 'applied' || id === undefined) continue;
        const op = mutations[at]?.ops[position]?.op;
        if (op === 'store') this.#stored[person].add(id);
        if (op === 'forget') this.#forgotten[person].add(id);
      }
  }

  /** An import names its memory itself, and may bring one back. */
  #noteImport(person: Person, body: Buffer | undefined): void {
    const text = body?.toString().trim() ?? '';
    const line = JSON.parse(text || '{}') as { type?: string; id: string };
    if (line.type !== 'memory') return;
    this.#stored[person].add(line.id);
    this.#forgotten[person].delete(line.id);
  }
}

/** What a request may have made. */
interface Made {
  readonly id?: string;
  readonly user_id?: string;
  readonly session_id?: string;
  readonly summary_memory_id?: string | null;
  readonly items?: readonly { readonly id: string }[];
}

/** Paths whose ids are of one kind share a name. */
const kindOf = (template: string): string => {
  if (template.startsWith('/api/v1/sessions')) return 'session';
  return template.startsWith('/api/v1') ? 'memory' : (template.split('/{')[0] ?? '');
};
