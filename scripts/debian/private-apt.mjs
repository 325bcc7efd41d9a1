import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The Debian release of this machine, for example `bookworm`; nothing elsewhere. */
async function debianRelease() {
  if (!existsSync('/etc/debian_version') || !existsSync('/etc/os-release')) return undefined;
  const release = await readFile('/etc/os-release', 'utf8');
  if (!/^ID=debian$/m.test(release)) return undefined;
  return /^VERSION_CODENAME=(\w+)$/m.exec(release)?.[1];
}

/**
 * The mirror that this machine gets its own release from. No mirror is named here: whoever set the
 * machine up chose one that it can reach.
 */
async function mirror() {
  const release = await debianRelease();
  if (release === undefined)
    throw new Error('Only Debian is known here. Install Postgres yourself and set PG_BIN.');
  const { stdout } = await run('apt-get', ['update', '--print-uris']);
  const uris = [...stdout.matchAll(/^'([^']+)\/dists\/(\w+)\/InRelease'/gm)];
  const uri = uris.find(([, , suite]) => suite === release)?.[1];
  if (uri === undefined) throw new Error(`apt knows no mirror for ${release}.`);
  return uri;
}

/**
 * A package index of one Debian release that shares nothing with the system's: no root needed,
 * nothing installed, and no package counts as there already.
 *
 * @param {string} folder
 * @param {string} release
 */
export async function openPrivateApt(folder, release) {
  const state = join(folder, 'state');
  const cache = join(folder, 'cache');
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(cache, 'archives/partial'), { recursive: true });
  await writeFile(join(state, 'status'), '');
  const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  const source = `deb ${signedBy}${await mirror()} ${release} main\n`;
  await writeFile(join(folder, 'sources.list'), source);
  const settings = {
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': cache,
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Sandbox::User': '',
    'APT::Install-Recommends': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  /** @param {string[]} args */
  const apt = async (...args) =>
    (await run('apt-get', [...options, ...args], { cwd: folder, maxBuffer: 2 ** 24 })).stdout;
  await apt('update');
  return {
    /**
     * Names of everything that an installation of these packages would bring.
     *
     * @param {readonly string[]} packages
     */
    closure: async (packages) => {
      const plan = await apt('install', '--yes', '--print-uris', ...packages);
      return [...plan.matchAll(/^'[^']+' ([^_\s]+)_\S+\.deb /gm)].map(([, name]) => name ?? '');
    },
    /**
     * Downloads packages as `.deb` files into the folder; signatures are checked by apt.
     *
     * @param {readonly string[]} packages
     */
    download: async (packages) => void (await apt('download', ...packages)),
  };
}
