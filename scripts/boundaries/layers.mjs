/**
 * What a part of the project may know.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} may Layers that it imports from, besides itself.
 * @property {readonly string[]} [typesOf] Layers of which it may import types only.
 * @property {readonly string[]} [externals] Packages and built-ins, where they are limited.
 */

const belowHttp = ['protocol', 'domain', 'memory', 'auth', 'billing', 'sync'];
const allButCli = [...belowHttp, 'storage', 'recall', 'http', 'mcp', 'config'];

/**
 * The import table of the project.
 *
 * @type {Record<string, Layer | undefined>}
 */
export const layers = {
  protocol: { may: [], externals: ['zod'] },
  client: { may: [], typesOf: ['protocol'], externals: ['#local-key'] },
  'client-node': { may: [], typesOf: ['client'], externals: ['node:fs', 'node:path'] },
  domain: { may: ['protocol'], externals: ['node:crypto'] },
  storage: { may: ['protocol', 'domain'] },
  recall: { may: ['protocol', 'domain', 'storage'] },
  memory: { may: ['protocol', 'domain', 'storage', 'recall'] },
  auth: { may: ['protocol', 'domain', 'storage', 'recall'] },
  billing: { may: ['protocol', 'domain', 'storage', 'recall'] },
  sync: { may: ['protocol', 'domain', 'memory', 'auth'] },
  http: { may: belowHttp },
  mcp: { may: belowHttp },
  cli: { may: [...belowHttp, 'config', 'app', 'client'] },
  config: { may: ['protocol', 'domain'] },
  app: { may: allButCli },
  main: { may: [...allButCli, 'app', 'cli'] },
};

/** Layers that wire the others, and so may hold the system door. */
export const wiring = ['app', 'main'];

/** Layers that read the environment. The client's own is one variable, in a file that browsers never load. */
export const environmentReaders = ['main', 'cli', 'client-node'];

/** Files of the client that browsers never load. */
const clientForNode = new Set(
  ['local-key', 'sync/file-lock', 'sync/file-storage'].map(
    (name) => `packages/client/src/${name}.ts`,
  ),
);

/**
 * Packages that only these layers may know, so that an engine or a framework can be replaced.
 *
 * @type {Record<string, readonly string[] | undefined>}
 */
export const keepers = {
  pg: ['storage'],
  '@electric-sql/pglite': ['storage'],
  '@electric-sql/pglite-pgvector': ['storage'],
  fastify: ['http', 'app'],
  commander: ['cli', 'main'],
};

/**
 * The layer of a source file; nothing for a file that belongs to none, which is an error.
 *
 * @param {string} path Relative to the root, for example `packages/server/src/storage/sql.ts`.
 * @returns {string | undefined}
 */
export function layerOf(path) {
  const [, workspace, , name = '', ...rest] = path.split('/');
  if (clientForNode.has(path)) return 'client-node';
  if (workspace === 'protocol' || workspace === 'client') return workspace;
  if (workspace !== 'server') return undefined;
  if (rest.length > 0) return layers[name] ? name : undefined;
  return ['app.ts', 'main.ts', 'config.ts'].includes(name) ? name.slice(0, -3) : undefined;
}
