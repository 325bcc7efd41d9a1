import { EventsQuery } from '@stellar-memory/protocol';
import { z } from 'zod';
import { decodeSyncCursor, encodeSyncCursor } from '../../domain/sync-cursor.js';
import type { FeedPage } from '../../memory/change-feed.js';
import { defineRoute, StreamAnswer } from '../route.js';

/** `GET /api/v1/events` */
export const followEvents = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  operationId: 'followEvents',
  tag: 'Sync',
  summary: 'Changes as server-sent events',
  description:
    'Events are `snapshot`, `reset`, `change` and `heartbeat`; ids are cursors, so a client that comes back with Last-Event-ID goes on where it was.',
  access: { scope: 'read' },
  query: EventsQuery,
  success: {
    status: 200,
    description: 'A stream that ends when the client closes it or the server restarts.',
    schema: z.string(),
    contentType: 'text/event-stream',
    headers: { 'x-accel-buffering': 'no' },
  },
  handler: ({ sync, identity, signal, lastEventId }, { query }) => {
    const place = lastEventId ?? query.cursor;
    const cursor = place === undefined ? undefined : decodeSyncCursor(place);
    const pages = sync.follow(identity, cursor, signal());
    return StreamAnswer.begin(messagesOf(pages, query.follow));
  },
});

async function* messagesOf(
  pages: AsyncIterable<FeedPage>,
  follow: boolean,
): AsyncGenerator<string, void> {
  for await (const page of pages) {
    yield messageOf(page);
    if (!follow && !page.more) return;
  }
}

/** A page as one piece of text: nothing of it is shown before all of it has come. */
function messageOf(page: FeedPage): string {
  const cursor = encodeSyncCursor(page.cursor);
  const { mode, head, memories, events } = page;
  if (mode !== 'delta') return message(mode, cursor, { head, memories });
  if (events.length === 0) return message('heartbeat', cursor, { head });
  return events.map((event) => message('change', event.cursor, event)).join('');
}

/** JSON has no line breaks of its own, so one `data` line holds it. */
const message = (event: string, id: string, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
