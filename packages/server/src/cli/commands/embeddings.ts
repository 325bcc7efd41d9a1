import { Command } from 'commander';
import { type EmbeddingOperator, openEmbeddingOperator } from '../../app/embedding-operator.js';
import { type ConfigRule, readConfig } from '../../config/read-config.js';
import { embeddingRules, pruningRules } from '../../config/rules.js';
import type { CliContext } from '../context.js';
import { asJson } from '../output.js';
import { progressBar } from '../progress-bar.js';

/** `embeddings status|reindex|prune` */
export const embeddingsCommand = (context: CliContext): Command =>
  new Command('embeddings')
    .summary('embed everything with the configured model; remove what others left')
    .description(
      'Works on the vectors of the Postgres database of DATABASE_URL with the model of the EMBEDDINGS_… variables. ' +
        'Servers may run meanwhile, and embed by themselves what is left.',
    )
    .addCommand(statusCommand(context))
    .addCommand(reindexCommand(context))
    .addCommand(pruneCommand(context))
    .addHelpText(
      'after',
      `
Examples (another model: change EMBEDDINGS_MODEL, then):
  $ stellar-memory migrate up
  $ stellar-memory embeddings reindex
  $ stellar-memory embeddings prune`,
    );

async function withOperator<Answer>(
  { env }: CliContext,
  rules: readonly ConfigRule[],
  work: (operator: EmbeddingOperator) => Promise<Answer>,
): Promise<Answer> {
  const operator = openEmbeddingOperator(readConfig({ env }, rules));
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

const statusCommand = (context: CliContext): Command =>
  new Command('status')
    .description('Says how far the vectors of each model are. Changes nothing.')
    .option('--json', 'print the answer as JSON')
    .action(({ json }: { readonly json?: boolean }) =>
      withOperator(context, embeddingRules, async (operator) => {
        const spaces = await operator.status();
        if (json === true) return context.output.line(asJson(spaces));
        for (const space of spaces)
          context.output.line(
            `${space.configured ? '*' : ' '} ${space.model}, ${space.dimensions} dimensions: ` +
              `${space.documents_left} of ${space.documents} left in ${space.tenants_behind} accounts, ` +
              `${space.refused} refused by the model`,
          );
        if (spaces.length === 0)
          context.output.line('There are no vectors here. Run: stellar-memory migrate up');
      }),
    );

const reindexCommand = (context: CliContext): Command =>
  new Command('reindex')
    .description(
      'Embeds every memory that has no vector of the configured model. Until it is done, recall reads the vectors ' +
        'of the model before. Interrupted, it goes on where it stopped.',
    )
    .action(() =>
      withOperator(context, embeddingRules, async (operator) => {
        const { output } = context;
        const began = performance.now();
        const { embedded, refused } = await operator.reindex({
          onProgress: (done, total) =>
            output.progress(
              progressBar(done, total, 'memories', (performance.now() - began) / 1_000),
            ),
          onWaiting: ({ documents, tenants }) =>
            output.progress(
              `${documents} memories of ${tenants} accounts are with another process: waiting, 2 minutes at most`,
            ),
          onError: (error) => output.problem(`tried again: ${String(error)}`),
        });
        output.line(`Embedded ${embedded}; nothing is left. Refused by the model: ${refused}.`);
      }),
    );

const pruneCommand = (context: CliContext): Command =>
  new Command('prune')
    .description(
      'Removes the vectors of every model but the configured one, which must be complete, and their indexes. ' +
        'Needs DATABASE_DIRECT_URL. Run it when every server has the new model.',
    )
    .action(() =>
      withOperator(context, pruningRules, async (operator) => {
        const gone = await operator.prune((count) =>
          context.output.progress(`${count} vectors removed`),
        );
        context.output.line(`Removed ${gone} vectors of other models.`);
      }),
    );
