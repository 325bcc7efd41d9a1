import {
  answerConfidence,
  knowledgeOf,
} from '../../../packages/server/src/domain/context/introspection.js';
import type { VectorModule } from '../vector-module.js';

interface Recorded {
  readonly content: string;
  readonly zone: 0 | 1 | 2 | 3 | 4;
  readonly seconds_since_recall: number;
  readonly score: number;
  readonly tags: readonly string[] | null;
}

const memoriesOf = (memories: unknown): readonly Recorded[] => memories as readonly Recorded[];

const v2FreshSeconds = 86_400;

/** `GET /api/v1/introspect` and `GET /api/v1/recall/confident`. */
export const metacognition: VectorModule = {
  replays: {
    introspect: ({ topic, memories, graph_neighbors: neighbours }) => {
      const known = memoriesOf(memories).map((memory) => ({
        content: memory.content,
        zone: memory.zone,
        secondsSinceRecall: memory.seconds_since_recall,
        tags: memory.tags ?? [],
      }));
      const asked = neighbours as readonly string[];
      const { confidence, coverage, gaps, freshness, zones } = knowledgeOf(
        topic as string,
        known,
        asked,
        v2FreshSeconds,
      );
      return {
        confidence,
        coverage_as_set: coverage.toSorted(),
        gaps,
        memory_count: known.length,
        avg_freshness: freshness,
        zone_distribution: zones,
      };
    },
    recall_confidence: ({ query, memories }) => {
      const confidence = answerConfidence(memoriesOf(memories));
      const warning = confidence === 0 ? `No memories found for '${query as string}'` : null;
      return { confidence, warning };
    },
  },
};
