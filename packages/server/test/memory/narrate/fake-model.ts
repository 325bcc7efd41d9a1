import {
  type Behaviour,
  type FakeEndpoint,
  sendJson,
  startEndpoint,
} from '../../support/fake-endpoint.js';

interface ChatBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: { readonly role: string; readonly content: string }[];
}

/** How a model answers one request. */
export type ModelBehaviour = Behaviour<ChatBody>;

/** A chat endpoint. */
export type FakeModel = FakeEndpoint<ChatBody>;

/** Answers with a text. */
export const saying =
  (text: unknown): ModelBehaviour =>
  (_request, response) =>
    sendJson(response, { choices: [{ message: { role: 'assistant', content: text } }] });

/** Starts one that says the same unless its script has something else. */
export const startModel = (text: string): Promise<FakeModel> => startEndpoint(saying(text));
