#!/usr/bin/env node
// For .ci/run: prints how many tests of a JSON report passed and failed, then each failure on a line: its file, its
// name and what was said, parted by tabs. With a second report, of files that ran again, these count as they ended there.
import { readResults } from './suites/read-results.mjs';

const [report = '', again] = process.argv.slice(2);
const { passed, failed, failures } = readResults(report, again);
process.stdout.write(`${passed} ${failed}\n`);
for (const { file, test, message } of failures)
  process.stdout.write(
    `${[file, test, message].map((text) => text.replaceAll('\t', ' ')).join('\t')}\n`,
  );
