import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EmbedderError } from '../../../src/recall/embedders/embedder-error.js';
import { createLocalEmbedder } from '../../../src/recall/embedders/local-embedder.js';
import { tinyDimensions, writeTinyModel } from './tiny-model.js';

const patience = { timeoutMs: 30_000, attempts: 1 };
const installed = await createLocalEmbedder({ model: 'none', dimensions: 1 }).then(
  () => true,
  (error: unknown) => {
    if (error instanceof EmbedderError && error.message.includes('npm install')) return false;
    throw error;
  },
);

// Where the library was installed for this test, nothing of it may be left out.
if (process.env['LOCAL_MODEL'] === 'required' && !installed)
  throw new Error('@huggingface/transformers is not installed');

test.skipIf(installed)('without its library a local model says how to install it', async () => {
  await expect(createLocalEmbedder({ model: 'none', dimensions: 1 })).rejects.toThrow(
    'npm install --no-save --ignore-scripts @huggingface/transformers',
  );
});

describe.skipIf(!installed)('a model in this process', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stellar-model-'));
    await writeTinyModel(join(folder, 'tiny'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const tiny = (dimensions = tinyDimensions) =>
    createLocalEmbedder({ model: join(folder, 'tiny'), dimensions });
  const product = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, at) => sum + value * b[at]!, 0);

  test('gives every text its own vector of length 1, near what means the same', async () => {
    const texts = [
      'Doctor',
      'the physician',
      'soup',
      ...Array.from({ length: 20 }, () => 'harbour'),
    ];
    const vectors = await (await tiny()).embed(texts, 'document', patience);
    expect(vectors).toHaveLength(texts.length);
    for (const vector of vectors) expect(product(vector, vector)).toBeCloseTo(1, 5);
    const [doctor, physician, soup] = vectors;
    expect(product(doctor!, physician!)).toBeGreaterThan(0.9);
    expect(product(doctor!, soup!)).toBeLessThan(0.2);
    expect(vectors.at(-1)).toEqual(vectors.at(-2));
  });

  test('takes texts that are longer than the model', async () => {
    const [vector] = await (await tiny()).embed(['soup '.repeat(500)], 'query', patience);
    expect(vector![1]).toBeCloseTo(1, 5);
  });

  test('says when the dimension is another', async () => {
    const fault = (await tiny(8)).embed(['soup'], 'query', patience);
    await expect(fault).rejects.toMatchObject({ fault: 'misconfigured' });
    await expect(fault).rejects.toThrow('4 dimensions, EMBEDDINGS_DIMENSIONS says 8');
  });

  test('is not looked for elsewhere when its folder is not whole', async () => {
    const broken = await createLocalEmbedder({ model: folder, dimensions: 4 });
    await expect(broken.embed(['soup'], 'query', patience)).rejects.toMatchObject({
      fault: 'misconfigured',
    });
  });

  test('keeps nobody waiting who has no patience', async () => {
    const embedder = await tiny();
    await embedder.embed(['soup'], 'query', patience);
    const ended = AbortSignal.abort(new Error('the node ends'));
    await expect(embedder.embed(['soup'], 'query', { ...patience, signal: ended })).rejects.toThrow(
      'the node ends',
    );
  });
});
