/**
 * Grows whenever text analysis makes other terms, flags or days of the same memory. Index entries record it, so that
 * an index built by an older analyser is recognised and rebuilt instead of silently missing words.
 */
export const analysisVersion = 1;
