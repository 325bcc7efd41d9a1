import type { ContentType } from '@stellar-memory/protocol';

/** What a text is, told by its form. */
export interface Form {
  readonly type: ContentType;
  /** Of code, where it can be told. */
  readonly language: string | null;
}

/**
 * Signs of languages, the most telling first. Each is a piece of syntax that prose does not have: v2 looked for words, and
 * took "let me think about it" for JavaScript.
 */
const signs: readonly (readonly [language: string, sign: RegExp])[] = [
  [
    'html',
    /<(?:!doctype html|\/?(?:html|head|body|div|span|p|a|ul|li|table|script|style|h[1-6])\b[^<>]{0,200})>/i,
  ],
  [
    'sql',
    /^[ \t]*(?:SELECT\s[^;]{1,500}?\sFROM\s|select\s+\*\s+from\s|INSERT\s+INTO\s|insert\s+into\s+\w+\s*\(|(?:UPDATE|update)\s+\w+\s+(?:SET|set)\s+\w+\s*=|DELETE\s+FROM\s|CREATE\s+(?:TABLE|INDEX)\s)/,
  ],
  [
    'python',
    /^[ \t]*(?:async\s+)?def\s+\w+\s*\(.*\)[^{;]*:|^[ \t]*class\s+\w+(?:\([\w., ]*\))?:\s*$|^from\s+[\w.]+\s+import\s+[\w*(]|^import\s+[\w.]+(?:\s+as\s+\w+)?\s*$/m,
  ],
  ['go', /^[ \t]*func\s+(?:\([^)]*\)\s*)?\w+\s*\([^)]*\)[^{\n]*\{|^package\s+\w+\s*$/m],
  ['rust', /^[ \t]*(?:pub\s+)?fn\s+\w+\s*[(<]|^[ \t]*let\s+mut\s+\w+|^[ \t]*use\s+\w+::/m],
  [
    'java',
    /^[ \t]*(?:public|private|protected)\s+(?:static\s+|final\s+|abstract\s+)*(?:class|interface|enum|void|int|String)\s+\w+/m,
  ],
  [
    'typescript',
    /^[ \t]*(?:export\s+)?(?:interface\s+\w+[^\n]*\{|type\s+\w+(?:<[^>]*>)?\s*=|(?:const|let)\s+\w+\s*:\s*\w)/m,
  ],
  [
    'javascript',
    /^[ \t]*(?:export\s+)?(?:(?:const|let|var)\s+[\w{[][^=\n]*=|(?:async\s+)?function\s*\*?\s*\w*\s*\()|=>\s*[{(\w]/m,
  ],
  ['css', /^[ \t]*[.#@]?[\w-]+[^{}\n;()=]{0,80}\{\s*[\w-]+\s*:[^{}]*\}/m],
  ['shell', /^#!.*\b(?:sh|bash|zsh)\b|^\$\s+\w/m],
];

/** Characters that are looked at: signs stand at the beginning, and a search must end soon on whatever was stored. */
const looked = 2_000;

const fence = /^```(\w*)$/m;

/** What a text is: JSON when it can be read as an object or a list, code when it has the syntax of some, else text. */
export function formOf(text: string): Form {
  if (isJson(text)) return { type: 'json', language: null };
  const head = text.slice(0, looked);
  const fenced = fence.exec(head);
  if (fenced !== null)
    return { type: 'code', language: fenced[1] === '' ? null : fenced[1]!.toLowerCase() };
  const language = signs.find(([, sign]) => sign.test(head))?.[0];
  return language === undefined ? { type: 'text', language: null } : { type: 'code', language };
}

function isJson(text: string): boolean {
  const trimmed = text.trim();
  const ends = `${trimmed.at(0) ?? ''}${trimmed.at(-1) ?? ''}`;
  if (ends !== '{}' && ends !== '[]') return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
