import type { StartFacts } from '../app.js';

/** What a start prints: where the server is and how to use it, with a line that works when pasted. */
export function greeting(facts: StartFacts, program: string): string {
  const first = `Stellar Memory ${facts.version} is ready at ${facts.url} (${facts.storage}).`;
  return [first, ...keyLines(facts, program)].join('\n');
}

function keyLines({ url, local, hasAdmin }: StartFacts, program: string): string[] {
  if (local === undefined)
    return [
      hasAdmin
        ? `Make an account: POST /admin/users, or ${program} user create <email>`
        : `Make an account: ${program} user create <email>`,
    ];
  if (local.newKey === undefined)
    return [`API key: in ${local.keyPath}; print it with: ${program} key show`];
  return [
    `API key: ${local.newKey}`,
    `         kept in ${local.keyPath}, readable by you only; commands on this machine find it there.`,
    '',
    'Try it in another terminal:',
    tryIt(url, local.newKey),
    '',
  ];
}

const tryIt = (url: string, key: string): string =>
  [
    `curl -s ${url}/api/v1/store -H 'X-API-Key: ${key}' -H 'Content-Type: application/json' -d '{"content":"Mina prefers green tea"}'`,
    `curl -s '${url}/api/v1/recall?q=what+tea+does+Mina+like' -H 'X-API-Key: ${key}'`,
  ].join(' && echo && ');
