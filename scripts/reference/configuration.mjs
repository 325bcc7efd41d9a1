import { options } from '../../packages/server/src/config.ts';
import { page, table } from './markdown.mjs';

/** @param {{ fallback: string | number | boolean | object | undefined, fallbackText?: string }} option */
const fallbackOf = ({ fallback, fallbackText }) =>
  fallbackText ??
  (typeof fallback === 'object' || fallback === undefined ? 'unset' : `\`${String(fallback)}\``);

/** Every option of the server. */
export const configuration = () =>
  page('Configuration', [
    'A flag of `stellar-memory serve` goes before the environment variable. An empty variable counts as unset. ' +
      'At start every problem is reported at once. Secrets have no flag, because a command line is visible to ' +
      'every process of the machine.',
    table(
      ['variable', 'flag', 'default', 'meaning'],
      Object.values(options).map((option) => [
        `\`${option.env}\``,
        option.flag === undefined ? '' : `\`${option.flag}\``,
        fallbackOf(option),
        option.about,
      ]),
    ),
    '`STELLAR_API_KEY` is read by the commands that ask a running server (`store`, `recall`, `forget`, `key`). ' +
      'Without it they use the local key in the data folder, and only towards this machine.',
    '## The data folder',
    'With the embedded engine everything lies in `STELLAR_DATA_DIR`: the database, the secret that keys the ' +
      'hashes of API keys (`secret`) and the key of the local account (`local-key`), both readable by their ' +
      'owner only. One server uses a folder at a time; a second one is refused. When the local key was revoked ' +
      'or its file lost, delete `local-key` and start again: a new one is made.',
  ]);
