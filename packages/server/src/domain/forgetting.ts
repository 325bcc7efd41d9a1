import { type Decaying, type DecayRules, decayOf, v1DecayRules } from './decay.js';

/** Days for which a forgotten memory can be restored; then it is erased. */
export const restorableDays = 7;

const secondsADay = 86_400;

/** The same in seconds. */
export const restorableSeconds = restorableDays * secondsADay;

/**
 * Forgotten memories that are kept for an account at most, whatever its tier: twice what the largest one holds. Only
 * storing and forgetting in turn, for days, gets there; without a bound that would fill the disk.
 */
export const mostRestorable = 1_000_000;

/** Seconds after which erased memories have left the index too: those of a day leave it together. */
export const purgeSeconds = secondsADay;

/** Seconds between two looks at what a tenant may have forgotten, and from his choice to the first one. */
export const forgettingSeconds = secondsADay;

/** Days after which v1 gave up what nobody recalled; what a preview supposes when nothing was chosen. */
export const usualForgetDays = v1DecayRules.forgetDays;

/** What is forgotten by itself, by v1's rule with other days: what lies in the cloud and was not recalled for so long. */
export const forgettingRules = (afterDays: number): DecayRules => ({
  ...v1DecayRules,
  forgetDays: afterDays,
});

/** Whether a memory of the cloud is given up; `idleSince` is its last recall, else when it was stored. */
export const isGivenUp = (
  afterDays: number,
  { importance, idleSince }: Pick<Decaying, 'importance'> & { readonly idleSince: number },
  now: number,
): boolean =>
  decayOf(forgettingRules(afterDays), {
    zone: 4,
    importance,
    idleDays: (now - idleSince) / secondsADay,
  }) === 'forgotten';

/** The latest last recall of what may be given up, epoch seconds. */
export const idleBefore = (afterDays: number, now: number): number => now - afterDays * secondsADay;
