#!/usr/bin/env node
// The command. It lies outside of dist so that npm can link it before anything is built.
import { existsSync } from 'node:fs';
import process from 'node:process';

const main = new URL('../dist/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('✗ Not built yet.\n  Run `npm start` once, or `npm run build`.\n');
  process.exitCode = 1;
}
