import { EvaluateRequest, EvaluateResponse } from '@stellar-memory/protocol';
import { formOf } from '../../domain/context/content-type.js';
import { analyseEmotion, emotionOf } from '../../domain/context/emotion.js';
import { evaluateImportance } from '../../domain/context/importance.js';
import { defineRoute } from '../route.js';

/** `POST /api/v1/evaluate` */
export const evaluate = defineRoute({
  method: 'POST',
  path: '/api/v1/evaluate',
  operationId: 'evaluate',
  tag: 'Memories',
  summary: 'What a text would be taken for',
  description:
    'By rules for English and Korean; nothing is stored. Most texts have few signs: an importance of 0.3 is much.',
  access: { scope: 'read' },
  boundKeys: true,
  body: EvaluateRequest,
  bodyExample: { content: 'Remember: the launch meeting is tomorrow!!' },
  success: {
    status: 200,
    description: 'Its importance, its emotions, and whether it is text, JSON or code.',
    schema: EvaluateResponse,
    example: {
      importance: 0.35,
      factual: 0,
      emotional: 0.33,
      actionable: 0.6,
      explicit: 0.5,
      content_type: 'text',
      language: null,
      emotion: null,
      emotions: { joy: 0, sadness: 0, anger: 0, fear: 0, surprise: 0, disgust: 0 },
    },
  },
  handler: (_call, { body: { content } }) => {
    const { type, language } = formOf(content);
    return {
      ...evaluateImportance(content),
      content_type: type,
      language,
      emotion: emotionOf(content),
      emotions: analyseEmotion(content),
    };
  },
});
