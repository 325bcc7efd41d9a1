import {
  email as emailSchema,
  type SoldTier,
  soldTiers,
  type User,
} from '@stellar-memory/protocol';
import { Argument, Command, Option } from 'commander';
import { isUuid, type UserId, userId } from '../../domain/ids.js';
import { asOperator } from '../as-operator.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson, printable } from '../output.js';
import type { AccessFlags } from '../server-access.js';
import { withAccess } from '../shared-options.js';

/** `user create|list|show|tier|suspend|resume|erase|restore|erasures` */
export const userCommand = (context: CliContext): Command =>
  new Command('user')
    .summary('make accounts, look at them, change their tier, suspend, resume and erase them')
    .description(
      'Manages accounts, as the operator: directly when DATABASE_URL is set, else through a running server ' +
        'with STELLAR_ADMIN_TOKEN.',
    )
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(tierCommand(context))
    .addCommand(statusCommand(context, 'suspend', 'suspended'))
    .addCommand(statusCommand(context, 'resume', 'active'))
    .addCommand(eraseCommand(context))
    .addCommand(restoreCommand(context))
    .addCommand(erasuresCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory user create mina@example.com --tier pro
  $ stellar-memory user list example.com
  $ stellar-memory user tier 3f0c2a52-… promax --reason 'beta tester'
  $ stellar-memory user suspend 3f0c2a52-… --reason 'stolen card'
  $ stellar-memory user erase 3f0c2a52-… --reason 'asked for it by letter'`,
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

interface ChangeFlags extends AccessFlags {
  readonly reason?: string;
  readonly json?: boolean;
}

const reasonOf = ({ reason }: ChangeFlags): { reason?: string } =>
  reason === undefined ? {} : { reason };

function checkedId(id: string): UserId {
  if (isUuid(id)) return userId(id);
  throw new CommandFailed(`${JSON.stringify(id)} is not the id of an account.`);
}

const listCommand = (context: CliContext): Command =>
  withAccess(new Command('list'))
    .description('Lists accounts, newest first, with what they have in use.')
    .argument('[query]', 'part of an e-mail address')
    .option('--json', 'print the answer as JSON')
    .action(async (query: string | undefined, flags: ChangeFlags) => {
      const asked = { limit: 100, ...(query === undefined ? {} : { query }) };
      const { items, next_cursor } = await asOperator(context, flags, (accounts) =>
        accounts.listUsers(asked),
      );
      if (flags.json === true) return context.output.line(asJson(items));
      for (const user of items) context.output.line(entry(user));
      if (next_cursor !== null)
        context.output.problem('There are more: narrow the list with a part of an e-mail address.');
    });

const entry = ({ user_id, tier, status, memories, email }: User): string =>
  `${user_id}  ${tier.padEnd(6)}  ${status.padEnd(9)}  ${String(memories).padStart(7)} memories  ${printable(email)}`;

const showCommand = (context: CliContext): Command =>
  withAccess(new Command('show'))
    .description('Shows an account and what operators did to it.')
    .argument('<user-id>', 'id of the account')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, flags: ChangeFlags) => {
      const user = await asOperator(context, flags, (accounts) => accounts.getUser(checkedId(id)));
      if (flags.json === true) return context.output.line(asJson(user));
      context.output.line(entry(user));
      for (const { at, action, change, reason } of user.actions)
        context.output.line(
          `  ${at}  ${action}  ${printable(JSON.stringify(change))}  ${printable(reason ?? '')}`,
        );
    });

interface ReasonFlags extends AccessFlags {
  readonly reason: string;
  readonly json?: boolean;
}

const withReason = (command: Command): Command =>
  withAccess(command)
    .argument('<user-id>', 'id of the account')
    .requiredOption('--reason <text>', 'why; kept with what was done')
    .option('--json', 'print the answer as JSON');

const eraseCommand = (context: CliContext): Command =>
  withReason(new Command('erase'))
    .description(
      'Closes an account at once, has its subscription cancelled, and erases everything in it after seven days.',
    )
    .action(async (id: string, { reason, ...flags }: ReasonFlags) => {
      const asked = await asOperator(context, flags, (accounts) =>
        accounts.eraseUser(checkedId(id), { reason }),
      );
      context.output.line(
        flags.json === true
          ? asJson(asked)
          : `It is closed, and erased at ${asked.erased_at}. Until then: stellar-memory user restore ${id}`,
      );
    });

const restoreCommand = (context: CliContext): Command =>
  withReason(new Command('restore'))
    .description('Gives an account back that is to be erased; its subscription stays cancelled.')
    .action(async (id: string, { reason, ...flags }: ReasonFlags) => {
      const back = await asOperator(context, flags, (accounts) =>
        accounts.restoreUser(checkedId(id), { reason }),
      );
      context.output.line(
        flags.json === true ? asJson(back) : `${printable(back.email)} is ${back.status}.`,
      );
    });

const erasuresCommand = (context: CliContext): Command =>
  withAccess(new Command('erasures'))
    .description('Lists accounts that are to be erased, and the receipts of those that were.')
    .option('--json', 'print the answer as JSON')
    .action(async (flags: ChangeFlags) => {
      const found = await asOperator(context, flags, (accounts) => accounts.listErasures());
      if (flags.json === true) return context.output.line(asJson(found));
      for (const { user_id, due_at } of found.pending)
        context.output.line(`${user_id}  is erased at ${due_at}`);
      for (const { account_id, erased_at, counts, id } of found.receipts) {
        const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
        context.output.line(
          `${account_id}  was erased at ${erased_at}: ${rows} rows, receipt ${id}`,
        );
      }
    });

const statusCommand = (
  context: CliContext,
  name: string,
  status: 'active' | 'suspended',
): Command =>
  withAccess(new Command(name))
    .description(
      status === 'active'
        ? 'Lets the keys of a suspended account work again.'
        : 'Makes every key of an account answer 403; nothing is deleted.',
    )
    .argument('<user-id>', 'id of the account')
    .option('--reason <text>', 'why; kept with what was done')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, flags: ChangeFlags) => {
      const changed = await asOperator(context, flags, (accounts) =>
        accounts.patchUser(checkedId(id), { status, ...reasonOf(flags) }),
      );
      context.output.line(
        flags.json === true ? asJson(changed) : `${changed.email} is ${changed.status}.`,
      );
    });

const tierCommand = (context: CliContext): Command =>
  withAccess(new Command('tier'))
    .description('Changes the tier of an account; nothing that it stored is touched.')
    .argument('<user-id>', 'id of the account')
    .addArgument(new Argument('<tier>', 'what it may use from now on').choices(soldTiers))
    .option('--reason <text>', 'why; kept with what was done')
    .option('--json', 'print the answer as JSON')
    .action(async (id: string, tier: SoldTier, flags: ChangeFlags) => {
      const changed = await asOperator(context, flags, (accounts) =>
        accounts.patchUser(checkedId(id), { tier, ...reasonOf(flags) }),
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
