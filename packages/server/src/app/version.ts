import { readFileSync } from 'node:fs';

const manifest = new URL('../../package.json', import.meta.url);

/** Version of the product, from the package's manifest: one place to change it. */
export const version: string = (
  JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }
).version;
