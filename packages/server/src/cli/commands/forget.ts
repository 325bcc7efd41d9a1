import { ForgetResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import type { CliContext } from '../context.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

/** `forget <id>` */
export const forgetCommand = (context: CliContext): Command =>
  withAccess(new Command('forget'))
    .summary('forget a memory')
    .description('Forgets a memory for good.')
    .argument('<id>', 'id of the memory, as store and recall show it')
    .addHelpText(
      'after',
      `
Example:
  $ stellar-memory forget 0193a1b2-…`,
    )
    .action(async (id: string, flags: AccessFlags) => {
      const client = await serverAsUser(context, flags);
      await client.call(ForgetResponse, {
        method: 'DELETE',
        path: `/api/v1/forget/${encodeURIComponent(id)}`,
      });
      context.output.line('Forgotten.');
    });
