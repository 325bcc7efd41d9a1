import { StartRefused } from '../config/start-refused.js';
import type { Config } from '../config.js';
import type { Embedder } from '../recall/embedders/embedder.js';
import { EmbedderError } from '../recall/embedders/embedder-error.js';
import { createHttpEmbedder } from '../recall/embedders/http-embedder.js';
import {
  createLocalEmbedder,
  type LocalEmbedderOptions,
} from '../recall/embedders/local-embedder.js';
import type { EmbeddedSpace } from '../recall/vectors/query-embedder.js';
import type { Database } from '../storage/database.js';
import type { SpaceDefinition } from '../storage/migrate/vectors.js';
import { selectSpaces } from '../storage/statements/embedding-spaces.system.js';
import { createSystemDoor } from '../storage/system-door.system.js';

/** What makes vectors, and where they lie. */
export interface Vectors {
  readonly embedder: Embedder;
  /** Number of the embedder's space. */
  readonly space: number;
  /** Spaces of other models, from before: searched until this one has caught up. */
  readonly others: readonly EmbeddedSpace[];
  /** What meaning counts against words, 0–1. */
  readonly weight: number;
}

/** What vectors are to be made by; `undefined` when recall is by words alone. */
export function spaceOf(config: Config): SpaceDefinition | undefined {
  const { embeddingsProvider, embeddingsModel: model, embeddingsDimensions: dimensions } = config;
  if (embeddingsProvider === undefined || model === undefined || dimensions === undefined)
    return undefined;
  return { model, dimensions };
}

/**
 * The configured embedder and its space in this database.
 * Errors: `StartRefused` when the database has no room for its vectors.
 */
export async function openVectors(
  config: Config,
  database: Database,
): Promise<Vectors | undefined> {
  const definition = spaceOf(config);
  if (definition === undefined) return undefined;
  const { model, dimensions } = definition;
  const embedder = await embedderOf(config, definition);
  const system = createSystemDoor(database);
  const spaces = await system.asSystem((tx) => selectSpaces(tx), { readOnly: true });
  const found = spaces.find((one) => one.model === model && one.dimensions === dimensions);
  if (found !== undefined)
    return {
      embedder,
      space: found.space,
      others: await Promise.all(
        spaces
          .filter(({ space }) => space !== found.space)
          .map(async (other) => ({
            space: other.space,
            embedder: await embedderOf(config, other),
          })),
      ),
      weight: config.embeddingsWeight,
    };
  throw new StartRefused([
    `The database has no room for vectors of ${model} with ${dimensions} dimensions. Run, with the same EMBEDDINGS_… variables: stellar-memory migrate up`,
  ]);
}

const openAiUrl = 'https://api.openai.com/v1';

async function embedderOf(config: Config, definition: SpaceDefinition): Promise<Embedder> {
  const { embeddingsProvider } = config;
  const prefixes = {
    query: config.embeddingsQueryPrefix,
    document: config.embeddingsDocumentPrefix,
  };
  if (embeddingsProvider === 'local') return localEmbedder({ ...definition, prefixes });
  const url = config.embeddingsUrl ?? (embeddingsProvider === 'openai' ? openAiUrl : undefined);
  if (url === undefined)
    throw new StartRefused(['EMBEDDINGS_URL is required with EMBEDDINGS_PROVIDER=compatible.']);
  return createHttpEmbedder({
    ...definition,
    url,
    sendDimensions: embeddingsProvider === 'openai',
    apiKey: config.embeddingsApiKey,
    prefixes,
  });
}

/** Errors: `StartRefused` when the library that runs it is not installed. */
async function localEmbedder(options: LocalEmbedderOptions): Promise<Embedder> {
  try {
    return await createLocalEmbedder(options);
  } catch (error) {
    throw error instanceof EmbedderError ? new StartRefused([error.message], error) : error;
  }
}
