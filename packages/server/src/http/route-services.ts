import type { ApiKeyService } from '../auth/account-service.js';
import type { AuditService } from '../auth/audit-service.js';
import type { DeviceService } from '../auth/device-service.js';
import type { Authenticator, SessionAuthenticator } from '../auth/identity.js';
import type { SignInService } from '../auth/sign-in-service.js';
import type { BillingService, WebhookReceiver } from '../billing/billing-service.js';
import type { ContextService } from '../memory/context-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { MemoryService } from '../memory/memory-service.js';
import type { UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import type { SyncService } from '../sync/sync-service.js';
import type { FairTurns } from './fair-turns.js';
import { type RateOptions } from './rate-gate.js';
import type { OpenService, OperatorCall } from './route.js';

/** What sells. */
export interface BillingParts {
  readonly service: BillingService;
  readonly webhooks: WebhookReceiver;
}

/** What signs people in. */
export interface SignInParts {
  readonly service: SignInService;
  readonly sessions: SessionAuthenticator;
  readonly devices: DeviceService;
}

/** What routes are mounted on. */
export interface RouteServices {
  readonly authenticator: Authenticator;
  readonly memories: MemoryService;
  readonly context: ContextService;
  readonly life: LifeService;
  readonly apiKeys: ApiKeyService;
  /** Absent: nothing is sold, and no such route is mounted. */
  readonly billing?: BillingParts | undefined;
  readonly usage: UsageService;
  readonly transfer: TransferService;
  readonly audit: AuditService;
  /** Absent: nobody signs in. */
  readonly signIn?: SignInParts | undefined;
  readonly publicUrl?: string | undefined;
  readonly open: OpenService;
  readonly sync: SyncService;
  /** When a tenant's request may begin. */
  readonly turns: FairTurns;
  /** Absent: nobody is limited. */
  readonly rates?: RateOptions | undefined;
  readonly operator?: (OperatorCall & { readonly token: string }) | undefined;
}

/** What signs in: its routes are mounted only where somebody can. */
export function signInOf({ signIn }: RouteServices): SignInParts {
  if (signIn === undefined) throw new Error('An operation of signing in needs it.');
  return signIn;
}

/** What sells: its routes are mounted only where something is sold. */
export function billingOf({ billing }: RouteServices): BillingParts {
  if (billing === undefined) throw new Error('An operation of billing needs billing.');
  return billing;
}
