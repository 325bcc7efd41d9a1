#!/usr/bin/env node
// Import directions and other walls between the parts of the project: npm run check:boundaries.
import { fileURLToPath } from 'node:url';
import { checkWorkspace } from './boundaries/check-workspace.mjs';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const { files, imports, problems } = checkWorkspace(root);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(
  `boundaries: ${files.length} files, ${imports} imports, ${problems.length} problems\n`,
);
if (files.length === 0 || imports === 0) process.stderr.write('Nothing was read: not a pass.\n');
process.exitCode = problems.length > 0 || files.length === 0 || imports === 0 ? 1 : 0;
