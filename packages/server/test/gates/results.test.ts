import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readResults } from '../../../../scripts/suites/read-results.mjs';
import { fixtureTree } from './fixture-tree.js';

const testOf = (status: string, suite = 'a suite') => ({
  status,
  ancestorTitles: [suite, 'inner'],
  title: 'a test',
});

const resultsOf = (testResults: readonly object[]) =>
  readResults(join(fixtureTree({ 'r.json': JSON.stringify({ testResults }) }), 'r.json'));

describe('counting what the suites came to', () => {
  test('counts passed and failed tests over all files', () => {
    const file = { name: 'a', status: 'failed' };
    const results = resultsOf([
      { ...file, assertionResults: [testOf('passed'), testOf('failed')] },
      { ...file, status: 'passed', assertionResults: [testOf('passed')] },
    ]);
    expect(results).toEqual({ passed: 2, failed: 1, leftOut: [] });
  });

  test('never counts a test that did not run as passed, and names its suite', () => {
    const assertionResults = [testOf('skipped', 'on postgres'), testOf('pending', 'on postgres')];
    expect(resultsOf([{ name: 'a', status: 'passed', assertionResults }])).toEqual({
      passed: 0,
      failed: 0,
      leftOut: ['on postgres (2)'],
    });
  });

  test('counts a file that fell before its first test as a failure', () => {
    const fallen = { name: 'a', status: 'failed', assertionResults: [] };
    const hookFell = { name: 'b', status: 'failed', assertionResults: [testOf('skipped')] };
    expect(resultsOf([fallen, hookFell]).failed).toBe(2);
  });

  test('counts a missing report as a failure', () => {
    expect(readResults(join(fixtureTree({}), 'none.json')).failed).toBe(1);
  });
});
