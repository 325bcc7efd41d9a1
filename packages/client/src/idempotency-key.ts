/** The caller's key, or 128 random bits. Not `randomUUID`, which browsers have on secure origins only. */
export const idempotencyKeyOf = (options: {
  readonly idempotencyKey?: string | undefined;
}): string => options.idempotencyKey ?? randomKey();

const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
