#!/usr/bin/env node
// Prints how many tests of a JSON report passed and failed: for .ci/run.
import { readResults } from './suites/read-results.mjs';

const { passed, failed } = readResults(process.argv[2] ?? '');
process.stdout.write(`${passed} ${failed}\n`);
