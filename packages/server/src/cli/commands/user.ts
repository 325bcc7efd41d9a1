import { email as emailSchema, type SoldTier, soldTiers } from '@stellar-memory/protocol';
import { Argument, Command, Option } from 'commander';
import { isUuid, userId } from '../../domain/ids.js';
import { asOperator } from '../as-operator.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import type { AccessFlags } from '../server-access.js';
import { withAccess } from '../shared-options.js';

/** `user create|tier` */
export const userCommand = (context: CliContext): Command =>
  new Command('user')
    .summary('make accounts and change their tier')
    .description(
      'Manages accounts, as the operator: directly when DATABASE_URL is set, else through a running server ' +
        'with STELLAR_ADMIN_TOKEN.',
    )
    .addCommand(createCommand(context))
    .addCommand(tierCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory user create mina@example.com --tier pro
  $ stellar-memory user tier 3f0c2a52-… promax`,
    );

interface UserFlags extends AccessFlags {
  readonly tier: SoldTier;
  readonly json?: boolean;
}

const createCommand = (context: CliContext): Command =>
  withAccess(new Command('create'))
    .description('Makes an account and prints its first API key, this once.')
    .argument('<email>', 'e-mail address of the account')
    .addOption(new Option('--tier <tier>', 'what it may use').choices(soldTiers).default('free'))
    .option('--json', 'print the answer as JSON')
    .action(async (email: string, flags: UserFlags) => {
      const made = await asOperator(context, flags, (accounts) =>
        accounts.createUser({ email: checkedEmail(email), tier: flags.tier }),
      );
      if (flags.json === true) return context.output.line(asJson(made));
      context.output.line(made.api_key);
      context.output.problem(
        `Account ${made.user_id} (${made.tier}). The key cannot be shown again: keep it now.`,
      );
    });

const tierCommand = (context: CliContext): Command =>
  withAccess(new Command('tier'))
    .description('Changes the tier of an account; nothing that it stored is touched.')
    .argument('<user-id>', 'id of the account')
    .addArgument(new Argument('<tier>', 'what it may use from now on').choices(soldTiers))
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, tier: SoldTier, flags: UserFlags) => {
      if (!isUuid(id))
        throw new CommandFailed(`${JSON.stringify(id)} is not the id of an account.`);
      const changed = await asOperator(context, flags, (accounts) =>
        accounts.patchUser(userId(id), { tier }),
      );
      context.output.line(
        flags.json === true ? asJson(changed) : `${changed.email} has the tier ${changed.tier}.`,
      );
    });

/** The same rule as over HTTP: an account made directly must be one that sign-in finds. */
function checkedEmail(text: string): string {
  const email = emailSchema.safeParse(text);
  if (email.success) return email.data;
  throw new CommandFailed(`${JSON.stringify(text)} is not an e-mail address.`);
}
