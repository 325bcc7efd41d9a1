import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';

/** Whether this run has a Postgres, or will have one in a moment. */
export const hasPostgres = (): boolean => inject('postgresUrlFile') !== '';

/** Superuser URL of the run's Postgres, as soon as it is up. */
export async function postgresUrl(): Promise<string> {
  const file = inject('postgresUrlFile');
  while (!existsSync(file)) await delay(20);
  const text = readFileSync(file, 'utf8');
  if (text.startsWith('error: ')) throw new Error(`Postgres did not start. ${text}`);
  return text;
}

/** The same server, another database or login. */
export function urlFor(url: string, database: string, login?: { name: string; password: string }) {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  if (login !== undefined) {
    changed.username = login.name;
    changed.password = login.password;
  }
  return changed.href;
}
