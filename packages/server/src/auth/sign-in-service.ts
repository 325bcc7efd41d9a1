import type {
  ErasureResponse,
  RegisterRequest,
  RegisterResponse,
  Session,
  VerifyRequest,
  VerifyResponse,
} from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';

/** What a browser gets that has proved a mailbox. */
export interface SignedIn {
  readonly answer: VerifyResponse;
  /** For the cookie; nothing else ever holds it. */
  readonly token: string;
  readonly maxAgeSeconds: number;
}

/** Who brings a code. */
export interface Visitor {
  /** As the browser names itself. */
  readonly userAgent: string | undefined;
  /** Unknown where nobody is limited. */
  readonly address: string | undefined;
}

/** Signing up and in are one: a code proves the mailbox, and the account is there or is made. */
export interface SignInService {
  /**
   * Sends a code. No account is looked at, so neither the answer nor its time tells of one. Counted by address and by
   * the mailbox's domain, on all nodes together, unless the address is unknown. Errors: `rate_limited`.
   */
  register(request: RegisterRequest, address: string | undefined): Promise<RegisterResponse>;
  /** Errors: `unauthorized` for whatever is wrong with the code; `account_suspended`; `rate_limited` by address. */
  verify(request: VerifyRequest, visitor: Visitor): Promise<SignedIn>;
  /** `current` is the session that asks, if one does. */
  sessions(userId: UserId, current: string | undefined): Promise<Session[]>;
  /** At once, on every node. Errors: `not_found`. */
  endSession(userId: UserId, id: string, actor: AuditActor): Promise<void>;
  /**
   * Closes the account at once and erases it after seven days. Errors: `unauthorized` for a code that is not valid or
   * not of the account's mailbox.
   */
  requestErasure(userId: UserId, actor: AuditActor, proof: VerifyRequest): Promise<ErasureResponse>;
  /** Opens a closed account again. Errors: `unauthorized`; `conflict` when it is not closed, or erasing has begun. */
  undoErasure(proof: VerifyRequest, address: string | undefined): Promise<void>;
  /** Resolves when every mail that was begun has left or failed. */
  idle(): Promise<void>;
}
