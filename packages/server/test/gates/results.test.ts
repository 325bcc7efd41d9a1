import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readResults } from '../../../../scripts/suites/read-results.mjs';
import { fixtureTree } from './fixture-tree.js';

const testOf = (status: string, suite = 'a suite') => ({
  status,
  ancestorTitles: [suite, 'inner'],
  title: 'a test',
});

const reportOf = (testResults: readonly object[], unhandled: readonly object[] = []) => {
  const files = {
    'r.json': JSON.stringify({ testResults }),
    'r.json.unhandled': JSON.stringify(unhandled),
  };
  return join(fixtureTree(files), 'r.json');
};

const resultsOf = (...report: Parameters<typeof reportOf>) => readResults(reportOf(...report));

const file = { name: resolve('a.test.ts'), status: 'failed' };
const failing = { ...file, assertionResults: [testOf('passed'), testOf('failed')] };

describe('counting what the suites came to', () => {
  test('counts passed and failed tests over all files, and names the failed', () => {
    const passing = { name: 'b', status: 'passed', assertionResults: [testOf('passed')] };
    expect(resultsOf([failing, passing])).toEqual({
      passed: 2,
      failed: 1,
      leftOut: [],
      failures: [{ file: 'a.test.ts', test: 'a suite › inner › a test', message: '' }],
    });
  });

  test('never counts a test that did not run as passed, and names its suite', () => {
    const assertionResults = [testOf('skipped', 'on postgres'), testOf('pending', 'on postgres')];
    expect(resultsOf([{ name: 'a', status: 'passed', assertionResults }])).toMatchObject({
      passed: 0,
      failed: 0,
      leftOut: ['on postgres (2)'],
    });
  });

  test('counts a file that fell outside its tests as a failure', () => {
    const fallen = { name: 'a', status: 'failed', assertionResults: [] };
    const hookFell = { name: 'b', status: 'failed', assertionResults: [testOf('skipped')] };
    const endFell = { name: 'c', status: 'failed', assertionResults: [testOf('passed')] };
    expect(resultsOf([fallen, hookFell, endFell]).failed).toBe(3);
  });

  test('counts an error that no test waited for as a failure', () => {
    const passing = { ...file, status: 'passed', assertionResults: [testOf('passed')] };
    const error = { file: file.name, test: 'a test', message: 'not handled: Error: late\nat …' };
    expect(resultsOf([passing], [error])).toMatchObject({
      passed: 1,
      failed: 1,
      failures: [{ file: 'a.test.ts', test: 'a test', message: 'not handled: Error: late' }],
    });
  });

  test('counts a file that ran again as it ended there', () => {
    const error = { file: file.name, test: 'a test', message: 'late' };
    const other = { name: 'b', status: 'passed', assertionResults: [testOf('passed')] };
    const first = reportOf([failing, other], [error]);
    const mended = {
      ...file,
      status: 'passed',
      assertionResults: [testOf('passed'), testOf('passed')],
    };
    expect(readResults(first, reportOf([mended]))).toMatchObject({ passed: 3, failed: 0 });
    expect(readResults(first, reportOf([failing]))).toMatchObject({ passed: 2, failed: 1 });
    expect(readResults(first, reportOf([mended], [error]))).toMatchObject({ passed: 3, failed: 1 });
  });

  test('counts a missing report as a failure, of the second run too', () => {
    const none = join(fixtureTree({}), 'none.json');
    expect(readResults(none).failed).toBe(1);
    expect(readResults(reportOf([failing]), none).failed).toBe(1);
  });
});
