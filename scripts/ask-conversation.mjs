#!/usr/bin/env node
// Asks some of a loaded conversation's questions and shows at which rank their evidence comes back.
//
//   npm run ask -- <conversation.json> [--questions 10] [--url http://127.0.0.1:9000] [--key sm_live_…]
import { someQuestions } from './conversation/conversation.mjs';
import { say, withConversation } from './conversation/run.mjs';

await withConversation(async (conversation, stellar, count) => {
  const questions = someQuestions(conversation, count);
  let found = 0;
  let recalled = 0;
  for (const { q, evidence } of questions) {
    const memories = await stellar.recall(q, { limit: 10 });
    const at = memories.findIndex(({ metadata }) =>
      evidence.some((turn) => turn === metadata['turn']),
    );
    recalled += memories.length;
    if (at !== -1) found += 1;
    say(`${at === -1 ? '✗  –' : `✓ ${String(at + 1).padStart(2)}`}  ${q}`);
  }
  say(
    `${found} of ${questions.length} questions have evidence in the first ten; ${recalled} memories came back.`,
  );
});
