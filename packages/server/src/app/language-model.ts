import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { createHttpChatModel } from '../memory/narrate/chat-model.js';
import { SharedModel } from '../memory/narrate/shared-model.js';

/** The configured language model; `undefined` when narratives are told by rules alone. */
export function openLanguageModel(
  { llmUrl: url, llmModel: model, llmApiKey: apiKey }: Config,
  logger: Logger,
): SharedModel | undefined {
  if (url === undefined || model === undefined) return undefined;
  return new SharedModel({
    model: createHttpChatModel({ url, model, apiKey }),
    onError: (err) => logger.warn({ err }, 'a narrative was not written: rules tell it'),
  });
}
