import { writeFileSync } from 'node:fs';

/** A reporter of the runner: keeps the errors that no test waited for, which its JSON report leaves out. */
export default class UnhandledErrors {
  /**
   * @param {unknown} _modules
   * @param {readonly { name?: string, message: string, VITEST_TEST_PATH?: string, VITEST_TEST_NAME?: string }[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const file = process.env['TEST_UNHANDLED'];
    if (file === undefined) return;
    const kept = errors.map((error) => ({
      file: error.VITEST_TEST_PATH ?? '',
      test: error.VITEST_TEST_NAME ?? 'between tests',
      message: `not handled: ${error.name ?? 'Error'}: ${error.message}`,
    }));
    writeFileSync(file, JSON.stringify(kept));
  }
}
