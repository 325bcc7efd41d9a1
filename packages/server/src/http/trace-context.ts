/**
 * The trace id of a `traceparent` header (W3C Trace Context), so that log lines join the caller's trace.
 * A malformed header, or one of zeros, is ignored, as the standard demands.
 */
export function traceIdOf(traceparent: string | string[] | undefined): string | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, traceId] =
    /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/.exec(
      traceparent,
    ) ?? [];
  return traceId;
}
