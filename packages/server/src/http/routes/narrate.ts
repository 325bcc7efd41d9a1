import { NarrateRequest, NarrateResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleId } from './examples.js';

const description = `Finds the best memories for the topic, at most \`limit\`, and tells them in the order of time, each text once. What is
found counts as recalled. Without a language model (\`LLM_URL\`), and whenever it fails, they are told word for word, by
the days of \`timezone\`, long ones shortened; \`X-Degraded: model\` says that it failed.`;

/** `POST /api/v1/narrate` */
export const narrate = defineRoute({
  method: 'POST',
  path: '/api/v1/narrate',
  operationId: 'narrate',
  tag: 'Memories',
  summary: 'Tell what is known about a topic',
  description,
  cost: 5,
  access: { scope: 'read' },
  boundKeys: true,
  body: NarrateRequest,
  bodyExample: { topic: 'how Mina likes her screen', timezone: 'Asia/Seoul' },
  success: {
    status: 200,
    description: 'The narrative and the memories it is told from.',
    schema: NarrateResponse,
    example: {
      narrative: '2025-11-23\n- Mina: Mina prefers dark mode and writes her reports in Korean.',
      memories: [exampleId],
      written_by: 'rules',
    },
    degraded: true,
  },
  handler: async ({ context, userId, setDegraded }, { body }) => {
    const { answer, withoutModel } = await context.narrate(userId, body);
    if (withoutModel === true) setDegraded('model');
    return answer;
  },
});
