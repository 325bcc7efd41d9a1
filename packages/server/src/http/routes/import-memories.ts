import { ExportLine, ImportResponse } from '@stellar-memory/protocol';
import { importLines } from '../import-lines.js';
import { defineRoute } from '../route.js';

/** `POST /api/v1/import` */
export const importMemories = defineRoute({
  method: 'POST',
  path: '/api/v1/import',
  operationId: 'import',
  tag: 'Memories',
  summary: 'Bring memories in, as an export wrote them',
  description:
    'Reads lines as fast as they can be stored; the body may be as long as it likes. Memories whose id is there already ' +
    'stay as they are, so the same file may be sent again: it goes on where it ended. Header and end may be left out, ' +
    'and so may checksums. What comes before a line that is refused is kept; `progress` of the problem says how much.',
  cost: 10,
  access: { scope: 'write' },
  lines: ExportLine,
  success: {
    status: 200,
    description: 'How many came, and how many of them were new.',
    usage: true,
    schema: ImportResponse,
    example: { memories: 3, stored: 2, existing: 1 },
  },
  errors: ['quota_exceeded', 'payment_required'],
  handler: ({ transfer, userId, lines, setUsage }) =>
    transfer.importAll(userId, importLines(lines), setUsage),
});
