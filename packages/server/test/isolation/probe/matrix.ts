import { call, type ProbeAnswer, type ProbeRequest } from './calls.js';
import type { ProbedOperation } from './operations.js';
import type { Tally } from './tally.js';

/** The text of a request, to tell an echo of the caller's own words from a leak. */
const sentBy = (request: ProbeRequest): string =>
  decodeURIComponent(request.path) + JSON.stringify(request.body ?? '');

/** Anonymous, bad, revoked and expired credentials: 401 everywhere but at open operations. */
export async function probeBadCredentials(
  origin: string,
  operations: readonly ProbedOperation[],
  credentials: ReadonlyMap<string, string | undefined>,
  tally: Tally,
): Promise<void> {
  for (const operation of operations.filter(({ audience }) => audience !== 'open'))
    for (const [name, credential] of credentials) {
      const answer = await call(origin, credential, operation.request);
      tally.check(
        answer.status === 401,
        () => `${operation.operationId} with key ${name}: ${answer.status}, expected 401`,
      );
      tally.search(`key ${name}`, answer, sentBy(operation.request));
    }
}

/** Another tenant's good key: nothing of the first tenant, and 404 for its things as for things that are not there. */
export async function probeOtherTenant(
  origin: string,
  operations: readonly ProbedOperation[],
  otherKey: string,
  tally: Tally,
): Promise<void> {
  for (const operation of operations) {
    const answer = await call(origin, otherKey, operation.request);
    tally.search(`another tenant by ${operation.operationId}`, answer, sentBy(operation.request));
    tally.check(
      isRightFor(operation, answer),
      () => `${operation.operationId} by another tenant: ${answer.status}`,
    );
    if (operation.audience === 'user' && operation.byId)
      await probeAbsent(origin, operation, otherKey, answer, tally);
  }
}

function isRightFor(operation: ProbedOperation, answer: ProbeAnswer): boolean {
  if (operation.audience === 'operator' || operation.audience === 'signed')
    return answer.status === 401;
  if (operation.audience === 'user' && operation.byId) return answer.status === 404;
  // On a busy machine the database can need 500 ms: to say so is what it is there for.
  if (operation.operationId === 'readyz' && answer.status === 503) return true;
  const refused = refusals.get(operation.operationId);
  return refused === undefined ? answer.status < 300 : answer.status === refused;
}

/** Codes that nobody was given, what only a person in a browser may do, and a plan that was never bought. */
const refusals = new Map([
  ['verify', 401],
  ['eraseAccount', 401],
  ['restoreAccount', 401],
  ['pollDevice', 400],
  ['inspectDevice', 403],
  ['decideDevice', 403],
  ['billingPortal', 404],
  ['changePlan', 409],
]);

/** The answer for another's thing must be the answer for no thing, but for the request's own id. */
async function probeAbsent(
  origin: string,
  operation: ProbedOperation,
  key: string,
  foreign: ProbeAnswer,
  tally: Tally,
): Promise<void> {
  const path = operation.request.path.replace(anyId, crypto.randomUUID());
  const absent = await call(origin, key, { ...operation.request, path });
  tally.check(
    absent.status === foreign.status && withoutIds(absent.body) === withoutIds(foreign.body),
    () => `${operation.operationId} tells another tenant's thing from no thing`,
  );
}

const anyId = /[0-9a-f]{8}-[0-9a-f-]{27}/;

const withoutIds = (body: string): string =>
  body.replaceAll(new RegExp(anyId, 'g'), '<id>').replace(/"request_id":"[^"]*"/, '');

/** A key that may only read: 403 for everything that writes or manages. */
export async function probeReadOnly(
  origin: string,
  operations: readonly ProbedOperation[],
  readKey: string,
  tally: Tally,
): Promise<void> {
  // Reads whose questions do not fit a URL.
  const posted = new Set([
    'recallBatch',
    'narrate',
    'evaluate',
    'createSyncTicket',
    'previewForgetting',
  ]);
  const managing = new Set([
    'listApiKeys',
    'listSessions',
    'exportAccount',
    'audit',
    'verifyAudit',
    'billingPortal',
  ]);
  for (const { operationId, audience, byId, request } of operations) {
    if (audience !== 'user') continue;
    const reads =
      posted.has(operationId) || (request.method === 'GET' && !managing.has(operationId));
    const { status } = await call(origin, readKey, request);
    tally.check(
      reads ? (byId ? status === 404 : status === 200 || status === 201) : status === 403,
      () => `${operationId} with a read-only key: ${status}`,
    );
  }
}
