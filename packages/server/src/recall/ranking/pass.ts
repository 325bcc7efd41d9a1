import type { AnalysedQuery } from '../analysis/query.js';
import type { IndexView } from '../index-view.js';
import type { Match } from './matches.js';
import type { Scope } from './scope.js';
import type { Scratch } from './scratch.js';
import type { NamedSpeakers } from './speakers.js';
import type { Weights } from './weights.js';

/** One query over one view: all that the score of a document depends on. */
export interface Pass {
  readonly view: IndexView;
  readonly query: AnalysedQuery;
  readonly weights: Weights;
  readonly speakers: NamedSpeakers;
  readonly matches: readonly Match[];
  readonly scratch: Scratch;
  readonly scope: Scope | undefined;
}
