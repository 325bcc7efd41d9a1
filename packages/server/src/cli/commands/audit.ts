import { AuditChain, AuditResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { openOperator } from '../../app/operator.js';
import { readConfig } from '../../config/read-config.js';
import { servingRules } from '../../config/rules.js';
import { isUuid, userId } from '../../domain/ids.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson, printable } from '../output.js';
import { type AccessFlags, serverAsUser } from '../server-access.js';
import { withAccess } from '../shared-options.js';

interface AuditFlags extends AccessFlags {
  readonly user?: string;
  readonly json?: boolean;
}

/** `audit list|verify` */
export const auditCommand = (context: CliContext): Command =>
  new Command('audit')
    .summary('show what happened to an account; verify that nothing of it was changed')
    .description('Shows the audit log of the account whose key is used, and verifies audit logs.')
    .addCommand(listCommand(context))
    .addCommand(verifyCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory audit list
  $ stellar-memory audit verify`,
    );

const listCommand = (context: CliContext): Command =>
  withAccess(new Command('list'))
    .description('Lists the last 100 entries, newest first.')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: AuditFlags) => {
      const client = await serverAsUser(context, flags);
      const query = { limit: 100 };
      const { items } = await client.call(AuditResponse, {
        method: 'GET',
        path: '/auth/audit',
        query,
      });
      if (flags.json === true) return context.output.line(asJson(items));
      for (const { seq, at, action, actor, detail } of items)
        context.output.line(
          `${String(seq).padStart(6)}  ${at}  ${action.padEnd(18)}  ${actor}  ${printable(JSON.stringify(detail))}`,
        );
    });

const verifyCommand = (context: CliContext): Command =>
  withAccess(new Command('verify'))
    .description(
      'Recomputes the hashes of audit logs, and fails when a row was changed or taken away: of every account, or of ' +
        'one, when DATABASE_URL is set; else of the account whose key is used.',
    )
    .option('--user <id>', 'only this account; needs DATABASE_URL')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: AuditFlags) => {
      const { databaseUrl } = readConfig({ env: context.env });
      if (databaseUrl === undefined || flags.url !== undefined) await verifyOwn(context, flags);
      else await verifyAll(context, flags);
    });

async function verifyOwn(context: CliContext, flags: AuditFlags): Promise<void> {
  const client = await serverAsUser(context, flags);
  const chain = await client.call(AuditChain, { method: 'GET', path: '/auth/audit/chain' });
  if (chain.broken_at !== null) throw broken([`row ${chain.broken_at}`]);
  context.output.line(
    flags.json === true
      ? asJson(chain)
      : `${chain.rows} rows are as they were written. Head ${chain.head}.`,
  );
}

async function verifyAll(context: CliContext, { user, json }: AuditFlags): Promise<void> {
  if (user !== undefined && !isUuid(user))
    throw new CommandFailed(`${JSON.stringify(user)} is not the id of an account.`);
  const operator = openOperator(readConfig({ env: context.env }, servingRules));
  const found: string[] = [];
  try {
    const only = user === undefined ? undefined : userId(user);
    const seen = await operator.verifyAudit(only, ({ userId: id, brokenAt }) => {
      found.push(`account ${id}, row ${brokenAt}`);
    });
    if (found.length > 0) throw broken(found);
    context.output.line(
      json === true
        ? asJson(seen)
        : `${seen.rows} rows of ${seen.accounts} accounts are as they were written.`,
    );
  } finally {
    await operator.close();
  }
}

const broken = (places: readonly string[]): CommandFailed =>
  new CommandFailed(
    `The audit log was changed:\n  ${places.join('\n  ')}`,
    'Compare with a backup: from there on, rows were changed or taken away.',
  );
