import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser of this machine; without one, suites that need it are left out and named. CHROMIUM_BIN names another. */
export const browserPath: string | undefined =
  process.env['CHROMIUM_BIN'] ?? places.find((path) => existsSync(path));

/** Starts it. Root, as in containers, may not use its sandbox. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu'] });
