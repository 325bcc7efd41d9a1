import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Extractor, Transformers } from '@huggingface/transformers';
import type { Embedder, EmbeddingKind, Patience } from './embedder.js';
import { EmbedderError } from './embedder-error.js';

/** A model that runs in this process. */
export interface LocalEmbedderOptions {
  /** A folder with `config.json`, `tokenizer.json` and `onnx/model.onnx`, or a name on the Hugging Face hub. */
  readonly model: string;
  readonly dimensions: number;
  /** Put before each text of a kind, with a blank in between. */
  readonly prefixes?: Readonly<Partial<Record<EmbeddingKind, string | undefined>>>;
}

/** Texts of one run: each is padded to the longest of them. */
const batchTexts = 8;

/**
 * Loads the library, not yet the model: that is loaded by the first text.
 * Errors: `EmbedderError` when the library is not installed.
 */
export async function createLocalEmbedder(options: LocalEmbedderOptions): Promise<Embedder> {
  const { model, dimensions, prefixes } = options;
  const library = await loadLibrary();
  let loading: Promise<Extractor> | undefined;
  const extractor = (): Promise<Extractor> => {
    loading ??= loadModel(library, model).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  return {
    model,
    dimensions,
    async embed(texts, kind, patience) {
      const prefix = prefixes?.[kind];
      const inputs = prefix === undefined ? texts : texts.map((text) => `${prefix} ${text}`);
      const run = await within(extractor(), patience);
      const vectors: Float32Array[] = [];
      for (let from = 0; from < inputs.length; from += batchTexts) {
        const made = run(inputs.slice(from, from + batchTexts), {
          pooling: 'mean',
          normalize: true,
        });
        vectors.push(...rowsOf(await within(made, patience), dimensions));
      }
      return vectors;
    },
  };
}

async function loadLibrary(): Promise<Transformers> {
  try {
    return await import('@huggingface/transformers');
  } catch (error) {
    throw new EmbedderError(
      'misconfigured',
      'A local model needs @huggingface/transformers. Install it beside the server: ' +
        'npm install --no-save --ignore-scripts @huggingface/transformers@4.3.1',
      { cause: error },
    );
  }
}

async function loadModel({ env, pipeline }: Transformers, model: string): Promise<Extractor> {
  const folder = existsSync(model) ? resolve(model) : undefined;
  // A folder is never looked up on the hub, even when something in it is missing.
  env.allowRemoteModels = folder === undefined;
  if (folder !== undefined) env.localModelPath = dirname(folder);
  try {
    return await pipeline('feature-extraction', folder === undefined ? model : basename(folder), {
      local_files_only: folder !== undefined,
      dtype: 'fp32',
    });
  } catch (error) {
    throw new EmbedderError('misconfigured', `The local model ${model} cannot be loaded.`, {
      cause: error,
    });
  }
}

function rowsOf(
  { dims, data }: Awaited<ReturnType<Extractor>>,
  dimensions: number,
): Float32Array[] {
  const [count = 0, length = 0] = dims;
  if (length !== dimensions)
    throw new EmbedderError(
      'misconfigured',
      `The local model's vectors have ${length} dimensions, EMBEDDINGS_DIMENSIONS says ${dimensions}.`,
    );
  return Array.from({ length: count }, (_, row) => data.slice(row * length, (row + 1) * length));
}

/** A run cannot be ended early: who has no patience goes without it, and what it gives is thrown away. */
function within<Result>(work: Promise<Result>, { timeoutMs, signal }: Patience): Promise<Result> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  return new Promise((succeed, fail) => {
    const giveUp = (): void =>
      fail(
        signal?.aborted === true
          ? (signal.reason as Error)
          : new EmbedderError('unavailable', `The local model gave no answer in ${timeoutMs} ms.`),
      );
    if (ended.aborted) giveUp();
    ended.addEventListener('abort', giveUp, { once: true });
    work.then(succeed, fail).finally(() => ended.removeEventListener('abort', giveUp));
  });
}
