import type { Route } from './route.js';
import { beginDevice } from './routes/begin-device.js';
import { billingPortal } from './routes/billing-portal.js';
import { changePlan } from './routes/change-plan.js';
import { checkout } from './routes/checkout.js';
import { createApiKey } from './routes/create-api-key.js';
import { createSyncTicket } from './routes/create-sync-ticket.js';
import { createUser } from './routes/create-user.js';
import { createUserKey } from './routes/create-user-key.js';
import { decideDevice } from './routes/decide-device.js';
import { devicePage } from './routes/device-page.js';
import { docs } from './routes/docs.js';
import { endMemorySession } from './routes/end-memory-session.js';
import { endSession } from './routes/end-session.js';
import { eraseAccount } from './routes/erase-account.js';
import { eraseUser } from './routes/erase-user.js';
import { evaluate } from './routes/evaluate.js';
import { exportAccount } from './routes/export-account.js';
import { exportMemories } from './routes/export-memories.js';
import { followEvents } from './routes/follow-events.js';
import { forgetMemory } from './routes/forget-memory.js';
import { getMemory } from './routes/get-memory.js';
import { getMemorySession } from './routes/get-memory-session.js';
import { getSettings } from './routes/get-settings.js';
import { getSubscription } from './routes/get-subscription.js';
import { getUsage } from './routes/get-usage.js';
import { getUser } from './routes/get-user.js';
import { health } from './routes/health.js';
import { importMemories } from './routes/import-memories.js';
import { inspectDevice } from './routes/inspect-device.js';
import { introspect } from './routes/introspect.js';
import { lemonSqueezyWebhook } from './routes/lemonsqueezy-webhook.js';
import { listAgents } from './routes/list-agents.js';
import { listApiKeys } from './routes/list-api-keys.js';
import { listAudit } from './routes/list-audit.js';
import { listErasures } from './routes/list-erasures.js';
import { listForgotten } from './routes/list-forgotten.js';
import { listMemories } from './routes/list-memories.js';
import { listMemorySessions } from './routes/list-memory-sessions.js';
import { listSessions } from './routes/list-sessions.js';
import { listUsers } from './routes/list-users.js';
import { livez } from './routes/livez.js';
import { memoryGraph } from './routes/memory-graph.js';
import { memoryHistory } from './routes/memory-history.js';
import { memoryPath } from './routes/memory-path.js';
import { metrics } from './routes/metrics.js';
import { mutate } from './routes/mutate.js';
import { narrate } from './routes/narrate.js';
import { openApi } from './routes/openapi.js';
import { patchMemory } from './routes/patch-memory.js';
import { patchSettings } from './routes/patch-settings.js';
import { patchUser } from './routes/patch-user.js';
import { pollDevice } from './routes/poll-device.js';
import { previewForgetting } from './routes/preview-forgetting.js';
import { pricingPage } from './routes/pricing-page.js';
import { readChanges } from './routes/read-changes.js';
import { readyz } from './routes/readyz.js';
import { recallBatch } from './routes/recall-batch.js';
import { recallConfident } from './routes/recall-confident.js';
import { recallContext } from './routes/recall-context.js';
import { recallMemories } from './routes/recall-memories.js';
import { register } from './routes/register.js';
import { relatedMemories } from './routes/related-memories.js';
import { reorbit } from './routes/reorbit.js';
import { restoreAccount } from './routes/restore-account.js';
import { restoreMemory } from './routes/restore-memory.js';
import { restoreUser } from './routes/restore-user.js';
import { revokeApiKey } from './routes/revoke-api-key.js';
import { rotateApiKey } from './routes/rotate-api-key.js';
import { signInPage } from './routes/sign-in-page.js';
import { startMemorySession } from './routes/start-memory-session.js';
import { stats } from './routes/stats.js';
import { storeBatch } from './routes/store-batch.js';
import { storeMemory } from './routes/store-memory.js';
import { timeline } from './routes/timeline.js';
import { verify } from './routes/verify.js';
import { verifyAudit } from './routes/verify-audit.js';

/**
 * Every operation there is. The server mounts this list, the OpenAPI document describes it and the
 * isolation matrix walks it: what is not here does not exist, what is here is tested.
 */
export const routes: readonly Route[] = [
  storeMemory,
  storeBatch,
  recallMemories,
  recallBatch,
  recallContext,
  listMemories,
  getMemory,
  patchMemory,
  memoryHistory,
  forgetMemory,
  listForgotten,
  restoreMemory,
  timeline,
  relatedMemories,
  memoryPath,
  memoryGraph,
  introspect,
  recallConfident,
  evaluate,
  narrate,
  startMemorySession,
  endMemorySession,
  getMemorySession,
  listMemorySessions,
  listAgents,
  stats,
  exportMemories,
  importMemories,
  readChanges,
  followEvents,
  createSyncTicket,
  mutate,
  reorbit,
  listApiKeys,
  createApiKey,
  rotateApiKey,
  revokeApiKey,
  register,
  verify,
  listSessions,
  endSession,
  eraseAccount,
  restoreAccount,
  beginDevice,
  pollDevice,
  inspectDevice,
  decideDevice,
  signInPage,
  devicePage,
  pricingPage,
  checkout,
  billingPortal,
  changePlan,
  getSubscription,
  lemonSqueezyWebhook,
  getUsage,
  exportAccount,
  listAudit,
  verifyAudit,
  previewForgetting,
  getSettings,
  patchSettings,
  createUser,
  createUserKey,
  listUsers,
  getUser,
  patchUser,
  eraseUser,
  restoreUser,
  listErasures,
  health,
  livez,
  readyz,
  metrics,
  openApi,
  docs,
];
