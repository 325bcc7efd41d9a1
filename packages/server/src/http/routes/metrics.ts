import { z } from 'zod';
import { defineRoute, TextAnswer } from '../route.js';

/** `GET /metrics` */
export const metrics = defineRoute({
  method: 'GET',
  path: '/metrics',
  operationId: 'metrics',
  tag: 'Service',
  summary: 'Measurements for Prometheus',
  description: 'Durations by route, method and status. No label names a tenant, an id or content.',
  access: 'open',
  unlimited: true,
  success: {
    status: 200,
    description: 'Prometheus text format.',
    schema: z.string(),
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
  },
  handler: ({ metrics: measured }) => new TextAnswer(measured.expose()),
});
