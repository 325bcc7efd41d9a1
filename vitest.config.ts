import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Tests run the workspace's sources, unbuilt, through the same export condition as the type check.
const conditions = ['stellar:source', 'module', 'node', 'development|production'];

/** Every suite of the workspace. Names are sentences, so the report can be read as the specification. */
const config = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: ['packages/server/test/support/properties.ts'],
    globalSetup: ['packages/server/test/support/postgres-global-setup.ts'],
    // Each engine of a test has a thread of its own: processes keep them apart.
    pool: 'forks',
    // Suites wait for disks and servers as much as for cores, so even two cores run two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Far beyond what anything takes: a machine that is busy with something else is no failure of a test.
    hookTimeout: 120_000,
    testTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});

export default config;
