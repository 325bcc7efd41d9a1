#!/usr/bin/env node
// Every requirement of the plan has a test that names it: npm run check:requirements.
import { fileURLToPath } from 'node:url';
import { claimsOf } from './requirements/claims-of.mjs';
import { judgeClaims } from './requirements/judge-claims.mjs';
import requirements from './requirements.json' with { type: 'json' };
import { parseSource } from './source/parse.mjs';
import { sourceFiles, workspaceFolders } from './source/source-files.mjs';

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));

const files = workspaceFolders(root).flatMap((folder) => sourceFiles(root, `${folder}/test`));
const read = files.map((path) => claimsOf(parseSource(root, path)));
const claims = read.flatMap((file) => file.claims);
const { problems, open } = judgeClaims(requirements, claims);
const all = [...read.flatMap((file) => file.problems), ...problems];

for (const line of open) process.stdout.write(`${line}\n`);
for (const line of all) process.stderr.write(`${line}\n`);
const count = Object.keys(requirements).length;
process.stdout.write(
  `requirements: ${count}, claims: ${claims.length} in ${files.length} files, ${all.length} problems\n`,
);
process.exitCode = all.length > 0 ? 1 : 0;
