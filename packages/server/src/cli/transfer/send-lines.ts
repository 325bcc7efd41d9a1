import { setTimeout as delay } from 'node:timers/promises';
import { ImportResponse, Problem } from '@stellar-memory/protocol';
import { CommandFailed } from '../command-failed.js';
import type { RestClient } from '../rest-client.js';
import type { SourceLine } from './source-line.js';

/** One request holds so many lines or bytes at most: short enough to be sent again when the network fails. */
const partLines = 2_000;
const partBytes = 4 * 1024 * 1024;
/** Tries of one part, and seconds before another one unless the server says when. */
const maxTries = 8;
const pauseSeconds = 2;

/** What was sent so far. */
export interface SentSoFar {
  memories: number;
  stored: number;
  existing: number;
}

/**
 * Sends lines in parts. A part that fails on its way is sent again: what it had stored is there already.
 * Errors: `CommandFailed` that says where it ended and what is kept.
 */
export async function sendLines(
  client: RestClient,
  lines: AsyncIterable<SourceLine> | Iterable<SourceLine>,
  onPart: (sent: SentSoFar) => void,
): Promise<SentSoFar> {
  const sent: SentSoFar = { memories: 0, stored: 0, existing: 0 };
  for await (const part of inParts(lines)) {
    const { memories, stored, existing } = await sendPart(client, part, sent);
    sent.memories += memories;
    sent.stored += stored;
    sent.existing += existing;
    onPart(sent);
  }
  return sent;
}

async function* inParts(
  lines: AsyncIterable<SourceLine> | Iterable<SourceLine>,
): AsyncGenerator<SourceLine[]> {
  let part: SourceLine[] = [];
  let bytes = 0;
  for await (const line of lines) {
    part.push(line);
    bytes += line.text.length;
    if (part.length < partLines && bytes < partBytes) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

async function sendPart(
  client: RestClient,
  part: readonly SourceLine[],
  sent: SentSoFar,
): Promise<ImportResponse> {
  for (let tries = 1; ; tries++) {
    const answer = await trySend(client, part);
    if (answer instanceof Response && answer.ok) return ImportResponse.parse(await answer.json());
    const isPassing = !(answer instanceof Response) || [408, 429, 503, 504].includes(answer.status);
    if (!isPassing || tries === maxTries)
      throw answer instanceof Response ? await ended(answer, part, sent) : answer;
    const after = answer instanceof Response ? Number(answer.headers.get('retry-after')) : 0;
    await delay((after || pauseSeconds) * 1_000);
  }
}

/** The answer, or why none came. */
async function trySend(
  client: RestClient,
  part: readonly SourceLine[],
): Promise<Response | CommandFailed> {
  try {
    return await client.answer({
      method: 'POST',
      path: '/api/v1/import',
      lines: part.map(({ text }) => text).join('\n'),
    });
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
}

async function ended(
  answer: Response,
  part: readonly SourceLine[],
  sent: SentSoFar,
): Promise<CommandFailed> {
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  if (!problem.success) return new CommandFailed(`The server answered ${answer.status}.`);
  const { code, title, detail = title, progress, next } = problem.data;
  const stored = sent.stored + (progress?.stored ?? 0);
  const existing = sent.existing + (progress?.existing ?? 0);
  const place = code === 'invalid_content' ? part[(progress?.line ?? 1) - 1]?.place : undefined;
  const where = place === undefined ? '' : `At ${place} of the file. `;
  return new CommandFailed(
    `${where}${detail.replace(/^Line \d+: /, '')} (${code})\n  ${stored} memories were imported before it, ` +
      `${existing} were there already.`,
    `${next} Then import the file again: it goes on from here.`,
  );
}
