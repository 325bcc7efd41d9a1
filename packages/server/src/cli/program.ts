import { Command } from 'commander';
import { version } from '../app/version.js';
import { auditCommand } from './commands/audit.js';
import { doctorCommand } from './commands/doctor.js';
import { embeddingsCommand } from './commands/embeddings.js';
import { exportCommand } from './commands/export.js';
import { forgetCommand } from './commands/forget.js';
import { importCommand } from './commands/import.js';
import { keyCommand } from './commands/key.js';
import { loginCommand } from './commands/login.js';
import { logoutCommand } from './commands/logout.js';
import { migrateCommand } from './commands/migrate.js';
import { recallCommand } from './commands/recall.js';
import { serveCommand } from './commands/serve.js';
import { storeCommand } from './commands/store.js';
import { syncCommand } from './commands/sync.js';
import { usageCommand } from './commands/usage.js';
import { userCommand } from './commands/user.js';
import type { CliContext } from './context.js';

/** Every command, as the process runs them and as the reference describes them. */
export const buildProgram = (context: CliContext): Command =>
  new Command('stellar-memory')
    .description('Memory for AI agents: a server, and commands to use and to run it.')
    .version(version, '-v, --version')
    .addCommand(serveCommand(context))
    .addCommand(storeCommand(context))
    .addCommand(recallCommand(context))
    .addCommand(forgetCommand(context))
    .addCommand(loginCommand(context))
    .addCommand(logoutCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context))
    .addCommand(syncCommand(context))
    .addCommand(keyCommand(context))
    .addCommand(usageCommand(context))
    .addCommand(auditCommand(context))
    .addCommand(userCommand(context))
    .addCommand(migrateCommand(context))
    .addCommand(embeddingsCommand(context))
    .addCommand(doctorCommand(context))
    .addHelpText(
      'after',
      `
Examples:
  $ stellar-memory
  $ stellar-memory store "Mina prefers green tea"
  $ stellar-memory recall "what does Mina drink"`,
    );
