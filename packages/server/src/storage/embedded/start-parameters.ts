/**
 * Start parameters of the embedded Postgres, in place of PGlite's own.
 *
 * PGlite's turn fsync off; these turn it on. `wal_sync_method=fsync` because the default, fdatasync, is a stub
 * in PGlite (see durable-files). `shared_buffers`: at 128 MB the process held 296 MB, at 64 MB 228 MB and at
 * 32 MB 195 MB, with the same speed, since the pages lie in the operating system's cache anyway.
 */
export const startParameters: readonly string[] = [
  '--single',
  '-j',
  ...settings({
    search_path: 'public',
    exit_on_error: 'false',
    log_checkpoints: 'false',
    io_method: 'sync',
    max_worker_processes: '0',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    fsync: 'on',
    wal_sync_method: 'fsync',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    shared_buffers: '32MB',
    wal_buffers: '1MB',
    max_connections: '5',
  }),
];

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
