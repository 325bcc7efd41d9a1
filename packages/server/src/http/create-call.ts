import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from './client-address.js';
import type { AnyCall, Route } from './route.js';
import { billingOf, type RouteServices, signInOf } from './route-services.js';
import { sessionCookie } from './session-cookie.js';
import { bytesOf, RequestOfUser } from './user-call.js';

/** Makes what a handler is called with. */
type CreateCall = (request: FastifyRequest, reply: FastifyReply) => AnyCall;

/** What a handler is called with, by the route's policy. */
export function callFactory(route: Route, services: RouteServices): CreateCall {
  const { open, operator } = services;
  if (route.access === 'open')
    return ({ headers }) => ({ ...open, acceptLanguage: headers['accept-language'] });
  if (route.access === 'operator') {
    if (operator === undefined) throw new Error(`${route.operationId} needs an operator.`);
    return () => operator;
  }
  if (route.access === 'signed') return (request) => signedCall(request, services);
  if (route.access === 'visitor') return (request, reply) => visitorCall(request, reply, services);
  return (request, reply) => new RequestOfUser(route, services, request, reply);
}

function signedCall(request: FastifyRequest, services: RouteServices): AnyCall {
  const signature = request.headers['x-signature'];
  const body = bytesOf(request);
  if (typeof signature !== 'string' || body === undefined)
    throw new Error('A signed operation ran without a signature or a body.');
  return { webhooks: billingOf(services).webhooks, delivery: { body, signature } };
}

const visitorCall = (
  request: FastifyRequest,
  reply: FastifyReply,
  services: RouteServices,
): AnyCall => ({
  signIn: signInOf(services).service,
  devices: signInOf(services).devices,
  address: services.rates && clientAddress(request, services.rates.trustedProxies),
  userAgent: request.headers['user-agent'],
  setSession: (token, maxAgeSeconds) => {
    reply.header('set-cookie', sessionCookie(token, maxAgeSeconds));
  },
});
