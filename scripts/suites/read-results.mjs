import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * What a run of the suites came to.
 *
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed Tests, files that fell outside their tests, and errors that nobody handled.
 * @property {string[]} leftOut Names of suites with tests that did not run, each with how many.
 * @property {Failure[]} failures What failed, each once.
 *
 * @typedef {object} Failure
 * @property {string} file Path from the folder of the run; empty when it is not known.
 * @property {string} test
 * @property {string} message Its first line.
 *
 * @typedef {{ status: string, ancestorTitles: string[], title: string, failureMessages?: string[] }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} FileResult
 *
 * @typedef {object} TestReport What is read of the runner's JSON report, and of the errors beside it.
 * @property {FileResult[]} files
 * @property {Failure[]} unhandled
 */

/** Where the errors that no test waited for are kept, beside a report. @param {string} report */
export const unhandledOf = (report) => `${report}.unhandled`;

/**
 * Sums up a JSON report. No report means that the runner itself fell: that is a failure, not a zero.
 * What ran a second time, alone, counts as it ended there.
 *
 * @param {string} file
 * @param {string} [again] Report of the second run, of some of the files.
 * @returns {Results}
 */
export function readResults(file, again) {
  const first = readReport(file);
  if (first === undefined) return noReport(file);
  if (again === undefined) return sumUp(first);
  const second = readReport(again);
  if (second === undefined) return noReport(again);
  const anew = new Map(second.files.map((result) => [result.name, result]));
  const files = first.files.map((result) => anew.get(result.name) ?? result);
  return sumUp({ files, unhandled: second.unhandled });
}

/** @param {string} file @returns {Results} */
const noReport = (file) => ({
  passed: 0,
  failed: 1,
  leftOut: [],
  failures: [{ file: '', test: 'the runner', message: `It left no report in ${file}.` }],
});

/** @param {string} file @returns {TestReport | undefined} */
function readReport(file) {
  if (!existsSync(file)) return undefined;
  const { testResults } = /** @type {{ testResults: FileResult[] }} */ (readJson(file));
  const beside = unhandledOf(file);
  const unhandled = existsSync(beside) ? /** @type {Failure[]} */ (readJson(beside)) : [];
  return { files: testResults, unhandled };
}

/** @param {string} file @returns {unknown} */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {TestReport} report @returns {Results} */
function sumUp({ files, unhandled }) {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const failures = [...files.flatMap(failuresOf), ...unhandled].map(shortened);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: failures.length,
    leftOut: leftOut(tests),
    failures,
  };
}

/** Its failed tests; a file that failed without one fell outside its tests. @param {FileResult} result @returns {Failure[]} */
function failuresOf({ name, status, message = '', assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0)
    return status === 'failed' ? [{ file: name, test: 'outside its tests', message }] : [];
  return failed.map(({ ancestorTitles, title, failureMessages = [] }) => ({
    file: name,
    test: [...ancestorTitles.filter(Boolean), title].join(' › '),
    message: failureMessages[0] ?? '',
  }));
}

/** @param {Failure} failure @returns {Failure} */
const shortened = ({ file, test, message }) => ({
  file: file === '' ? '' : relative(process.cwd(), file),
  test,
  message: (message.split('\n')[0] ?? '').slice(0, 300),
});

/** @param {readonly TestResult[]} tests */
function leftOut(tests) {
  /** @type {Map<string, number>} */
  const notRun = new Map();
  for (const test of tests.filter(({ status }) => status !== 'passed' && status !== 'failed'))
    notRun.set(suiteOf(test), (notRun.get(suiteOf(test)) ?? 0) + 1);
  return [...notRun].map(([suite, count]) => `${suite} (${count})`);
}

/** @param {TestResult} test */
const suiteOf = ({ ancestorTitles, title }) => ancestorTitles.find((name) => name) ?? title;
