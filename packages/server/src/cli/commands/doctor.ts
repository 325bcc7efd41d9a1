import { StatsResponse } from '@stellar-memory/protocol';
import { Command } from 'commander';
import { diagnoseStorage, type Finding, finding } from '../../app/diagnosis.js';
import { readConfig } from '../../config/read-config.js';
import { servingRules } from '../../config/rules.js';
import { type Config } from '../../config.js';
import { CommandFailed } from '../command-failed.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { type AccessFlags, localKey, serverAsUser, serverUrl } from '../server-access.js';
import { withAccess } from '../shared-options.js';

interface DoctorFlags extends AccessFlags {
  readonly json?: boolean;
}

/** `doctor` */
export const doctorCommand = (context: CliContext): Command =>
  withAccess(new Command('doctor'))
    .summary('find out what is wrong')
    .description(
      'Checks the configuration, the database (schema, roles, row security) and the running server, ' +
        'and says what to do. Changes nothing. Exit code 1 when something is wrong.',
    )
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Example:
  $ stellar-memory doctor`,
    )
    .action(async (flags: DoctorFlags) => {
      const findings = await examine(context, flags);
      if (flags.json === true) context.output.line(asJson(findings));
      else for (const each of findings) context.output.line(shown(each));
      if (findings.some(({ problems }) => problems.length > 0))
        throw new CommandFailed('Something is wrong.');
    });

async function examine(context: CliContext, flags: DoctorFlags): Promise<Finding[]> {
  let config: Config | undefined;
  const configuration = await finding('configuration', async () => {
    config = readConfig(
      {
        env: context.env,
        ...(flags.dataDir !== undefined && { flags: { dataDir: flags.dataDir } }),
      },
      servingRules,
    );
  });
  if (config === undefined) return [configuration];
  return [configuration, ...(await diagnoseStorage(config)), ...(await askServer(context, flags))];
}

/** A server that does not run is no fault: it may be about to be started. */
async function askServer(context: CliContext, flags: DoctorFlags): Promise<Finding[]> {
  const url = serverUrl(context, flags);
  const alive = await fetch(new URL('/livez', url)).catch(() => undefined);
  if (alive === undefined) return [{ about: `server at ${url} (not running)`, problems: [] }];
  const findings = [await finding(`server at ${url}`, () => assertReady(url))];
  if (await hasKey(context, flags))
    findings.push(
      await finding('API key', async () => {
        const client = await serverAsUser(context, flags);
        await client.call(StatsResponse, { method: 'GET', path: '/api/v1/stats' });
      }),
    );
  return findings;
}

async function assertReady(url: string): Promise<void> {
  const response = await fetch(new URL('/readyz', url));
  if (!response.ok) throw new CommandFailed(`Not ready: ${await response.text()}`);
}

const hasKey = async (context: CliContext, flags: DoctorFlags): Promise<boolean> =>
  Boolean(context.env['STELLAR_API_KEY']) || (await localKey(context, flags)).key !== undefined;

const shown = ({ about, problems }: Finding): string =>
  problems.length === 0
    ? `✓ ${about}`
    : [`✗ ${about}`, ...problems.map((problem) => `    ${problem}`)].join('\n');
