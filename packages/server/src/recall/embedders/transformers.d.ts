/** What is used of Transformers.js, which is installed by who wants a local model, and is not there to be checked. */
declare module '@huggingface/transformers' {
  export const env: { allowRemoteModels: boolean; localModelPath: string };

  /** Vectors of texts, one a row of `dims[1]` numbers. */
  export type Extractor = (
    texts: readonly string[],
    options: { readonly pooling: 'mean'; readonly normalize: true },
  ) => Promise<{ readonly dims: readonly number[]; readonly data: Float32Array }>;

  export function pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly local_files_only: boolean; readonly dtype: 'fp32' },
  ): Promise<Extractor>;

  /** The library as a whole. */
  export type Transformers = { readonly env: typeof env; readonly pipeline: typeof pipeline };
}
