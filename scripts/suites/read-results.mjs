import { existsSync, readFileSync } from 'node:fs';

/**
 * What a run of the suites came to.
 *
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed Tests, and files that fell before their first test.
 * @property {string[]} leftOut Names of suites with tests that did not run, each with how many.
 *
 * @typedef {object} TestReport What is read of the runner's JSON report.
 * @property {{
 *   name: string,
 *   status: string,
 *   assertionResults: { status: string, ancestorTitles: string[], title: string }[],
 * }[]} testResults
 */

/**
 * @param {TestReport['testResults'][number]['assertionResults'][number]} test
 */
const suiteOf = ({ ancestorTitles, title }) => ancestorTitles.find((name) => name) ?? title;

/**
 * Sums up a JSON report. No report means that the runner itself fell: that is a failure, not a zero.
 *
 * @param {string} file
 * @returns {Results}
 */
export function readResults(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, leftOut: [] };
  const report = /** @type {TestReport} */ (JSON.parse(readFileSync(file, 'utf8')));
  const { testResults } = report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed').length;
  const fallen = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  /** @type {Map<string, number>} */
  const notRun = new Map();
  for (const test of tests.filter(({ status }) => status !== 'passed' && status !== 'failed'))
    notRun.set(suiteOf(test), (notRun.get(suiteOf(test)) ?? 0) + 1);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failed + fallen,
    leftOut: [...notRun].map(([suite, count]) => `${suite} (${count})`),
  };
}
