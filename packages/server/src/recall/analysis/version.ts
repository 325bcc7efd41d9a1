/**
 * Grows whenever text analysis makes other terms, facets, flags or days of the same memory. Index entries record it, so that
 * an index built by an older analyser is recognised and rebuilt instead of silently missing words.
 */
export const analysisVersion = 3;

/** The version since which flags tell what a text expresses, by the rules of today: to be raised with those. */
export const emotionsSince = 2;

/** The version since which entries hold what filters ask for. */
export const facetsSince = 3;
