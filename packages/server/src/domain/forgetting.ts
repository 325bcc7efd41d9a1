/** Days for which a forgotten memory can be restored; then it is erased. */
export const restorableDays = 7;

/** The same in seconds. */
export const restorableSeconds = restorableDays * 86_400;
