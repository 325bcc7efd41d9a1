import type { FastifyInstance } from 'fastify';
import { StellarError } from '../domain/stellar-error.js';
import type { Route } from './route.js';

/**
 * Answers a path that no route has, or a method that its routes do not take. In `onRequest`, so that no
 * body is read for nothing: Fastify would parse it first, and could answer 400 for what is not there.
 */
export function refuseUnknownPaths(app: FastifyInstance, routes: readonly Route[]): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return;
    const allowed = allowedMethods(request.url, routes);
    if (allowed.length === 0) throw new StellarError('not_found');
    reply.header('allow', allowed.join(', '));
    throw new StellarError('method_not_allowed');
  });
}

function allowedMethods(url: string, routes: readonly Route[]): string[] {
  const [path = ''] = url.split(/[?#]/, 1);
  const methods = routes
    .filter((route) => matches(route.path, path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set(methods)];
}

function matches(template: string, path: string): boolean {
  const [expected, actual] = [template.split('/'), path.split('/')];
  return (
    expected.length === actual.length &&
    expected.every((segment, index) => segment.startsWith('{') || segment === actual[index])
  );
}
