/** The five orbits of a memory, from the most important to the least. */
export const zones = [0, 1, 2, 3, 4] as const;

/** 0 core, 1 inner, 2 outer, 3 belt, 4 cloud. */
export type Zone = (typeof zones)[number];

/** Name of each zone, indexed by its number. */
export const zoneNames = ['core', 'inner', 'outer', 'belt', 'cloud'] as const;

/** How many memories a zone of one tenant holds; `null` is unlimited. */
export const zoneCapacities: Readonly<Record<Zone, number | null>> = {
  0: 20,
  1: 100,
  2: 1_000,
  3: null,
  4: null,
};
