#!/usr/bin/env node
import { basename } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { processOutput } from './cli/output.js';
import { runCli } from './cli/run-cli.js';

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

// In a clone only npx finds the command.
const isClone = basename(process.argv[1] ?? '') === 'start.mjs';

process.exitCode = await runCli(process.argv.slice(2), {
  program: isClone ? 'npx stellar-memory' : 'stellar-memory',
  env: process.env,
  output: processOutput,
  readInput: () => text(process.stdin),
  pause: (milliseconds) => delay(milliseconds),
});
