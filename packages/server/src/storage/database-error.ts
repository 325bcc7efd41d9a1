import { StellarError } from '../domain/stellar-error.js';

/** A database error that the caller may know how to handle. Never shown to a client. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** Five-character SQLSTATE, for example `23505`. */
  readonly sqlState: string;
  /** Name of the violated constraint, if the database said one. */
  readonly constraint: string | undefined;

  constructor(sqlState: string, constraint: string | undefined, cause: unknown) {
    super(`database error ${sqlState}`, { cause });
    this.sqlState = sqlState;
    this.constraint = constraint;
  }
}

/** The one switch from SQLSTATE to what a client is told. */
export function fromSqlState(
  sqlState: string,
  constraint: string | undefined,
  cause: unknown,
): StellarError | DatabaseError {
  if (constraint === 'memories_legacy_window')
    return new StellarError(
      'unavailable',
      {
        detail: 'This server takes over from v1: until that ends, only its owner stores memories.',
        retryAfterSeconds: 60,
      },
      cause,
    );
  switch (sqlState) {
    case '22021': // invalid byte sequence, NUL among them
    case '22P05': // untranslatable character, \u0000 in JSON
    case '22P02': // invalid text representation
      return new StellarError(
        'invalid_content',
        { detail: 'The text holds characters that cannot be stored.' },
        cause,
      );
    case '57014': // query_canceled, statement_timeout among them
    case '25P04': // transaction_timeout
      return new StellarError('deadline_exceeded', {}, cause);
    case '53100':
      return new StellarError('storage_full', {}, cause);
    case '53200': // out_of_memory
    case '53300': // too_many_connections
    case '55P03': // lock_not_available
    case '40001': // serialization_failure
    case '40P01': // deadlock_detected
    case '57P01': // admin_shutdown
    case '57P02': // crash_shutdown
    case '57P03': // cannot_connect_now
    case '08000':
    case '08003':
    case '08006':
      return new StellarError('unavailable', { retryAfterSeconds: 1 }, cause);
    default:
      return new DatabaseError(sqlState, constraint, cause);
  }
}
