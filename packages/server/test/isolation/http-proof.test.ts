import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../src/http/routes.js';
import { type LeavingNode, startLeavingNode } from '../auth/leaving-node.js';
import { buy, operatorToken } from '../billing/billing-node.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { proveIsolation } from './probe/prove-isolation.js';

/** The whole proof asks 100,000 answers (`npm run prove:isolation`); this is its short form. */
const answers = 2_000;

describeEngines('the isolation proof over HTTP', (engine) => {
  verifies('NFR-isolation', 'F2', 'FR-04');
  let db: TestDatabase;
  let server: FullServer;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  test('finds nothing, for every operation and every identity', async () => {
    const report = await proveIsolation(
      { origin: server.url, adminToken: server.operatorToken },
      { answers },
    );
    expect(report.findings).toEqual([]);
    expect(report.answersSearched).toBeGreaterThanOrEqual(answers);
    expect(report.operations).toBeGreaterThanOrEqual(20);
  });

  test('no secret, key or memory stands in the log', () => {
    const log = server.log.join('\n');
    expect(log).not.toMatch(/sm_live_[0-9A-Za-z]{36}/);
    expect(log).not.toContain('canary');
    expect(log).not.toContain(server.operatorToken);
    expect(server.log.length).toBeGreaterThan(answers);
  });
});

describeEngines('the isolation proof of a server that sells and signs people in', (engine) => {
  verifies('NFR-isolation', 'F3');
  let db: TestDatabase;
  let node: LeavingNode;
  beforeAll(async () => {
    db = await engine.open();
    node = await startLeavingNode(db);
  });
  afterAll(async () => {
    await node.close();
    await db.close();
  });

  test('finds nothing, for every operation there is', { timeout: 120_000 }, async () => {
    const pay = async (checkoutUrl: string) => void (await buy(checkoutUrl));
    const report = await proveIsolation(
      { origin: node.url, adminToken: operatorToken, pay },
      { answers: 500 },
    );
    expect(report.findings).toEqual([]);
    expect(report.operations).toBe(routes.length);
  });
});
