import type { Logger } from 'pino';
import { UsageWarnings } from '../memory/usage-warnings.js';
import { verifyAllUsage } from '../memory/verify-all-usage.system.js';
import type { UsageDrift } from '../memory/verify-usage.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** Hours after which a tenant's counters are held against its memories again: once a day, at no fixed moment. */
const verifiedForHours = 20;

/** Warnings, and the daily check that counters say what is there. */
export interface Metering {
  readonly warnings: UsageWarnings;
  /** Verifies every tenant that is due, one at a time. Ends early once `stop` was called. */
  verify(): Promise<void>;
  stop(): void;
  /** Lines for `/metrics`. */
  metrics(): readonly string[];
}

/** Wires metering to the log, where a drift is an error that an operator should hear of, and to the metrics. */
export function createMetering(
  doors: { readonly tenants: TenantDoor; readonly system: SystemDoor },
  logger: Logger,
): Metering {
  let drifts = 0;
  let stopping = false;
  const isStopping = (): boolean => stopping;
  const onDrift = (drift: UsageDrift): void => {
    drifts += 1;
    logDrift(logger, drift);
  };
  return {
    warnings: new UsageWarnings({
      tenants: doors.tenants,
      onWarning: (user_id, { resource, percent, limit }) =>
        logger.info({ user_id, resource, percent, limit }, 'usage warning'),
      onError: (err) =>
        logger.warn({ err }, 'a usage warning was not recorded; the next store does'),
    }),
    async verify() {
      await verifyAllUsage({ ...doors, olderThanHours: verifiedForHours, onDrift, isStopping });
    },
    stop: () => {
      stopping = true;
    },
    metrics: () => [
      '# HELP stellar_usage_drift_total Tenants whose counters were wrong and were repaired.',
      '# TYPE stellar_usage_drift_total counter',
      `stellar_usage_drift_total ${drifts}`,
    ],
  };
}

/** Numbers only: the names of agents are the tenant's own. */
function logDrift(logger: Logger, { userId, kept, counted }: UsageDrift): void {
  const facts = { user_id: userId, kept: numbers(kept), counted: numbers(counted) };
  logger.error(facts, 'usage counters had drifted and were repaired');
}

const numbers = ({ zones, agentCount, memoryLimit, agentLimit }: UsageDrift['kept']) => ({
  zones,
  agents: agentCount,
  memory_limit: memoryLimit,
  agent_limit: agentLimit,
});
