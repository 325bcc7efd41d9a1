import { call, type ProbeRequest } from './calls.js';
import type { Tally } from './tally.js';
import type { ProbeTenant } from './tenants.js';

const parallel = 16;

/** What an ordinary client asks, aimed at the victim's words; the victim asks in between over the same connections. */
const questions = (victim: ProbeTenant): ProbeRequest[] => [
  { method: 'GET', path: '/api/v1/recall?limit=100&q=quarterly%20report' },
  { method: 'GET', path: `/api/v1/recall?limit=100&q=${victim.words}` },
  { method: 'GET', path: '/api/v1/memories?limit=100' },
  { method: 'GET', path: '/api/v1/timeline?limit=100' },
  { method: 'GET', path: '/api/v1/stats' },
  { method: 'GET', path: `/api/v1/memories/${victim.memoryId}` },
  { method: 'GET', path: '/auth/api-keys' },
  { method: 'GET', path: '/metrics' },
];

/** Searches so many answers of the attacker while the victim works at the same time: pooled state would show here. */
export async function probeVolume(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  answers: number,
  tally: Tally,
  onProgress: (done: number) => void = () => undefined,
): Promise<void> {
  const asked = questions(victim);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < answers) {
      const number = next;
      next += 1;
      const request = asked[number % asked.length]!;
      if (number % 4 === 0) await call(origin, victim.key, request);
      const answer = await call(origin, attackerKey, request);
      tally.search('another tenant under load', answer, request.path);
      if (number % 500 === 0) onProgress(number);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
