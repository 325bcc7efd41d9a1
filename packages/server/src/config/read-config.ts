import { type Config, type OptionName, options } from '../config.js';
import { isRefused, type Option } from './option.js';
import { StartRefused } from './start-refused.js';

/** Where options come from; a flag goes before a variable. */
export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Readonly<Partial<Record<OptionName, string>>>;
}

/** What a command needs beyond values that can be read. Answers a problem, or nothing. */
export type ConfigRule = (isSet: (name: OptionName) => boolean) => string | undefined;

/**
 * Reads the configuration. An empty variable counts as unset.
 * Errors: `StartRefused` with every problem at once. No message holds a secret's value.
 */
export function readConfig(sources: ConfigSources, rules: readonly ConfigRule[] = []): Config {
  const problems: string[] = [];
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const name of Object.keys(options) as OptionName[]) {
    const parsed = valueOf(name, sources);
    if (isRefused(parsed)) problems.push(parsed.refused);
    else values[name] = parsed;
  }
  const isSet = (name: OptionName): boolean => given(name, sources) !== undefined;
  for (const rule of rules) problems.push(...[rule(isSet) ?? []].flat());
  if (problems.length > 0) throw new StartRefused(problems);
  return values as Config;
}

function valueOf(name: OptionName, sources: ConfigSources): unknown {
  const definition: Option<unknown> = options[name];
  const text = given(name, sources);
  if (text === undefined) return definition.fallback;
  const parsed = definition.parse(text);
  if (!isRefused(parsed)) return parsed;
  const where = sources.flags?.[name] === undefined ? definition.env : definition.flag;
  const what = definition.secret === true ? '' : `, not ${JSON.stringify(text)}`;
  return { refused: `${where} ${parsed.refused}${what}.` };
}

function given(name: OptionName, { env, flags }: ConfigSources): string | undefined {
  const text = flags?.[name] ?? env[options[name].env]?.trim();
  return text === '' ? undefined : text;
}
