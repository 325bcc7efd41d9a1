import { sessionKey } from './term-hash.js';

/** What of a memory filters ask for by equality. */
export interface FacetSource {
  readonly agentId: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What a filter asks for. */
export interface WantedFacets {
  readonly agentId?: string | undefined;
  /** Top-level keys of the metadata and the scalar that each must equal. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What no word of a text begins with: content has no NUL. */
const facetMark = 0;

/**
 * Metadata values of one memory that the index holds, 12 to 18 bytes each where no other memory has the same. Of a
 * memory with more it holds none, and {@link anyFacets} instead.
 */
const mostMetadata = 16;

/** The term of documents that may have any facet: they have too many, or were indexed before facets were. */
export const anyFacets = String.fromCharCode(facetMark);

/** The same in UTF-8. */
export const anyFacetsBytes = Buffer.from(anyFacets);

/**
 * Terms that stand for a memory's agent and the scalars of its metadata, among the words of its text but out of their
 * reach. Hashes, because values may be long; who takes two for one is told the truth by the row.
 */
export function facetsOf({ agentId, metadata }: FacetSource): string[] {
  const scalars = Object.entries(metadata).filter(([, value]) => isScalar(value));
  const known = scalars.length <= mostMetadata;
  return [
    ...(agentId === null ? [] : [agentFacet(agentId)]),
    ...(known ? scalars.map(([key, value]) => metadataFacet(key, value)) : [anyFacets]),
  ];
}

/** Terms that a document must have to pass, unless it has {@link anyFacets}. */
export const wantedFacets = ({ agentId, metadata = {} }: WantedFacets): string[] => [
  ...(agentId === undefined ? [] : [agentFacet(agentId)]),
  ...Object.entries(metadata).map(([key, value]) => metadataFacet(key, value)),
];

/** Whether the term that begins there is none of a text. */
export const isFacet = (bytes: Uint8Array, start: number): boolean => bytes[start] === facetMark;

const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object';

const agentFacet = (agentId: string): string => facet(`agent ${agentId}`);

// Numbers that are equal are written alike, as they are in jsonb.
const metadataFacet = (key: string, value: unknown): string => facet(JSON.stringify([key, value]));

/** 53 bits as eight letters of one byte each. */
function facet(name: string): string {
  let rest = sessionKey(name);
  const units = Array.from({ length: 8 }, () => {
    const unit = rest % 128;
    rest = Math.floor(rest / 128);
    return unit;
  });
  return String.fromCharCode(facetMark, ...units);
}
