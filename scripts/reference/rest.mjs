import { routes } from '../../packages/server/src/http/routes.ts';
import { page, table } from './markdown.mjs';

/** @param {import('../../packages/server/src/http/route.ts').Access} access */
const accessOf = (access) => (typeof access === 'string' ? access : `key with \`${access.scope}\``);

/** @param {import('../../packages/server/src/http/route.ts').Route} route */
const row = ({ method, path, summary, access, idempotent, conditional }) => [
  `\`${method} ${path}\``,
  summary,
  accessOf(access),
  [idempotent && '`Idempotency-Key`', conditional && '`If-Match`'].filter(Boolean).join(', '),
];

/** Every operation; their fields are in `/openapi.json` and `/docs` of a running server. */
export function rest() {
  const tags = [...new Set(routes.map((route) => route.tag))];
  return page('REST operations', [
    'Fields, parameters, answers and errors of each operation: `/docs` of a running server, or `/openapi.json` ' +
      '(OpenAPI 3.1). A key goes in `X-API-Key: K`, `Authorization: Bearer K` or `Authorization: Token K`, never in a URL. ' +
      'Unknown parameters and fields are refused. Errors: [errors.md](errors.md).',
    ...tags.flatMap((tag) => [
      `## ${tag}`,
      table(
        ['operation', 'what it does', 'who may', 'takes'],
        routes.filter((route) => route.tag === tag).map(row),
      ),
    ]),
  ]);
}
