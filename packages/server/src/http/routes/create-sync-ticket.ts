import { SyncTicketRequest, SyncTicketResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /api/v1/sync/ticket` */
export const createSyncTicket = defineRoute({
  method: 'POST',
  path: '/api/v1/sync/ticket',
  operationId: 'createSyncTicket',
  tag: 'Sync',
  summary: 'A ticket with which a browser may connect once',
  description:
    'Offer it as the second subprotocol: `new WebSocket(url, ["stellar.sync.v1", "ticket." + ticket])`.',
  access: { scope: 'read' },
  body: SyncTicketRequest,
  bodyExample: { origin: 'https://app.example.com' },
  success: {
    status: 201,
    description: 'Good once within 30 seconds, for a page of that origin.',
    schema: SyncTicketResponse,
    example: {
      ticket: 'AZ3q7sJHcAGPAAAAAAAACsm1Yq8Zt4bq0kXy9rZ1c2T3u4V5w6X7y8Z9a0B1c2D3',
      expires_at: '2025-11-23T00:00:30.000Z',
    },
  },
  handler: async ({ sync, identity }, { body }) => {
    const { ticket, expiresAt } = await sync.issueTicket(identity, body.origin);
    return { ticket, expires_at: expiresAt.toISOString() };
  },
});
