/** Counts of a node's sockets. */
export class SocketMetrics {
  /** Sockets that are connected and greeted. */
  connections = 0;
  /** Changes that were sent. */
  deliveries = 0;
  /** Readers who had to start anew. */
  resets = 0;
  /** Readers who were let go because they did not read. */
  slow = 0;

  /** Lines for `/metrics`. */
  lines(): readonly string[] {
    return [
      '# HELP stellar_sync_connections Sockets that are connected.',
      '# TYPE stellar_sync_connections gauge',
      `stellar_sync_connections ${this.connections}`,
      '# HELP stellar_sync_deliveries_total Changes sent to sockets.',
      '# TYPE stellar_sync_deliveries_total counter',
      `stellar_sync_deliveries_total ${this.deliveries}`,
      '# HELP stellar_sync_resets_total Sockets whose client had to start anew.',
      '# TYPE stellar_sync_resets_total counter',
      `stellar_sync_resets_total ${this.resets}`,
      '# HELP stellar_sync_slow_total Sockets that were closed because their client did not read.',
      '# TYPE stellar_sync_slow_total counter',
      `stellar_sync_slow_total ${this.slow}`,
    ];
  }
}
