import type { Command } from 'commander';

/** Adds where the server is and where its local key lies. */
export const withAccess = (command: Command): Command =>
  command
    .option('--url <url>', 'server to ask; default STELLAR_HOST and STELLAR_PORT')
    .option('--data-dir <folder>', 'data folder with the local key; default STELLAR_DATA_DIR');
