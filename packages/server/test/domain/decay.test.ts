import { describe, expect, it } from 'vitest';
import { decayDays, decayedBy, decayOf, v1DecayRules } from '../../src/domain/decay.js';

const idle = (zone: 0 | 1 | 2 | 3 | 4, idleDays: number) => ({ zone, importance: 0.5, idleDays });

describe('decay by the rules of v1', () => {
  it('moves a memory outward after more than 30 days, from the outer zone on', () => {
    expect(decayOf(v1DecayRules, idle(2, 30))).toBe('stays');
    expect(decayOf(v1DecayRules, idle(2, 30.001))).toBe('outward');
    expect(decayOf(v1DecayRules, idle(1, 400))).toBe('stays');
  });

  it('gives up from the cloud alone, after more than 90 days', () => {
    expect(decayOf(v1DecayRules, idle(4, 90))).toBe('outward');
    expect(decayOf(v1DecayRules, idle(4, 90.001))).toBe('forgotten');
    expect(decayOf(v1DecayRules, idle(3, 400))).toBe('outward');
  });

  it('lasts longer by importance, zone and emotion where that is asked for', () => {
    const adaptive = { ...v1DecayRules, adaptive: { importanceWeight: 1, byZone: true } };
    expect(decayDays(adaptive, { zone: 1, importance: 0 })).toEqual({ decay: 22.5, forget: 45 });
    const felt = { ...v1DecayRules, byEmotion: true };
    const days = [0.7, 0.5, 0.3].map(
      (emotion) => decayDays(felt, { ...idle(2, 0), emotion }).decay,
    );
    expect(days).toEqual([60, 30, 45]);
  });

  it('sets in at the threshold and never before', () => {
    expect(decayedBy('linear', 45, 30)).toBe(0.5);
    expect(decayedBy('sigmoid', 30, 30)).toBe(0.5);
    for (const curve of ['linear', 'exponential', 'sigmoid'] as const)
      expect(decayedBy(curve, 29.9, 30)).toBe(0);
  });
});
