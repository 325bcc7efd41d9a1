import { StatsResponse } from '@stellar-memory/protocol';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineRoute, type OperatorCall, type Route, type UserCall } from '../../src/http/route.js';
import { routes } from '../../src/http/routes.js';

const described = {
  method: 'GET',
  path: '/x',
  operationId: 'x',
  tag: 'Memories',
  summary: 'x',
} as const;
const success = {
  status: 200,
  description: 'x',
  schema: z.strictObject({ a: z.number() }),
} as const;

// Each of these must fail to compile: `tsc` reports an unused directive when one does not.
const mistakes: (() => Route)[] = [
  // @ts-expect-error a route without an access policy
  () => defineRoute({ ...described, success, handler: () => ({ a: 1 }) }),
  // @ts-expect-error a scope that does not exist
  () => defineRoute({ ...described, access: { scope: 'all' }, success, handler: () => ({ a: 1 }) }),
  () =>
    defineRoute({
      ...described,
      access: 'open',
      success: { ...success, schema: StatsResponse },
      // @ts-expect-error an open operation that reaches memories
      handler: (call: UserCall) => call.memories.stats(call.userId),
    }),
  () =>
    defineRoute({
      ...described,
      access: 'operator',
      success: { ...success, schema: StatsResponse },
      // @ts-expect-error an operator who reaches memories
      handler: (call: UserCall) => call.memories.stats(call.userId),
    }),
  () =>
    defineRoute({
      ...described,
      access: { scope: 'read' },
      success,
      // @ts-expect-error a user who reaches accounts
      handler: (call: OperatorCall) => ({ a: Object.keys(call.accounts).length }),
    }),
  // @ts-expect-error an answer that its schema refuses
  () => defineRoute({ ...described, access: 'open', success, handler: () => ({ a: 'text' }) }),
];

describe('A route', () => {
  test('without a policy, or one that reaches past it, does not compile', () => {
    expect(mistakes).toHaveLength(6);
  });

  test('has a path, a method and an operation id of its own', () => {
    const places = routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(places).size).toBe(routes.length);
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  test('names exactly the parameters of its path', () => {
    for (const { path, params } of routes) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {}), path).toEqual(named);
    }
  });

  test('lets keys that are bound to an agent in only where it keeps to that agent', () => {
    const open = routes.filter(({ boundKeys }) => boundKeys === true);
    expect(open.map(({ operationId }) => operationId).toSorted()).toEqual([
      'createApiKey',
      'endMemorySession',
      'evaluate',
      'forget',
      'getMemory',
      'getMemorySession',
      'introspect',
      'listApiKeys',
      'listMemorySessions',
      'memoryGraph',
      'memoryPath',
      'mutate',
      'narrate',
      'patchMemory',
      'recall',
      'recallBatch',
      'recallConfident',
      'recallContext',
      'relatedMemories',
      'revokeApiKey',
      'rotateApiKey',
      'startMemorySession',
      'store',
      'storeBatch',
    ]);
  });

  test('that writes needs more than the scope read, and is never open', () => {
    // Reads whose questions do not fit a URL, and the ticket to read by a socket.
    const reads = new Set([
      'recallBatch',
      'narrate',
      'evaluate',
      'createSyncTicket',
      'previewForgetting',
    ]);
    const writes = routes.filter(
      ({ method, operationId }) => method !== 'GET' && !reads.has(operationId),
    );
    for (const { method, path, access } of writes) {
      expect(access, `${method} ${path}`).not.toBe('open');
      expect(access, `${method} ${path}`).not.toEqual({ scope: 'read' });
    }
  });
});
