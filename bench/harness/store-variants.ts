import { asOwner } from './database.js';

/** What a store does beside inserting its row, in the order in which the bench adds it. */
export const storeParts = ['counters', 'postings', 'feed', 'orbits'] as const;

/** One of them. */
export type StorePart = (typeof storeParts)[number];

/** How each is taken out of `store_counted`: what is cut, and what stands there instead. */
const cuts: Readonly<Record<StorePart, readonly (readonly [RegExp, string])[]>> = {
  counters: [
    [
      /update tenant_usage u\s[\s\S]*?into first_doc[^;]*;/,
      "first_doc := nextval('bench_doc'); used_memories := 0;",
    ],
    [/if not found then[\s\S]*?end if;/, ''],
  ],
  postings: [[/insert into index_recent[\s\S]*?;/, '']],
  // Triggers of the table make it.
  feed: [],
  orbits: [
    [/if counts\[1\] > capacities[\s\S]*?end if;/, ''],
    [/next_due = least\(u\.next_due, due\)/, 'next_due = u.next_due'],
  ],
};

/** Makes variants of `store_counted` in a database of the bench, to be put in force by their SQL. */
export async function storeVariants(
  ownerUrl: string,
): Promise<(without: ReadonlySet<StorePart>) => Promise<void>> {
  const whole = await definition(ownerUrl);
  await asOwner(ownerUrl, 'create sequence bench_doc start 1000000');
  await asOwner(ownerUrl, 'grant usage on sequence bench_doc to stellar_app');
  return async (without) => {
    // Orbits last: what they cut of the counters may be gone by then, with all of it.
    const gone = storeParts.filter((part) => without.has(part));
    const text = gone.reduce((sql, part) => withoutPart(sql, part, without), whole);
    await asOwner(ownerUrl, text);
    const triggers = without.has('feed') ? 'disable' : 'enable';
    await asOwner(ownerUrl, `alter table memories ${triggers} trigger user`);
  };
}

async function definition(ownerUrl: string): Promise<string> {
  const [row] = await asOwner<{ text: string }>(
    ownerUrl,
    "select pg_get_functiondef(oid) as text from pg_proc where proname = 'store_counted'",
  );
  return row!.text;
}

function withoutPart(sql: string, part: StorePart, without: ReadonlySet<StorePart>): string {
  return cuts[part].reduce((text, [pattern, instead]) => {
    const isGone = part === 'orbits' && without.has('counters') && instead !== '';
    if (!isGone && !pattern.test(text))
      throw new Error(`store_counted has no ${part} that looks like ${pattern.source}`);
    return text.replace(pattern, instead);
  }, sql);
}
