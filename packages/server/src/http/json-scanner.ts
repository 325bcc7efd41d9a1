import { toPointer } from './json-pointer.js';

/** Why a JSON text is refused before it is parsed, and where. */
export interface JsonFault {
  /** `invalid_json`: its structure; `invalid_content`: a value that could not be kept as it is. */
  readonly code: 'invalid_json' | 'invalid_content';
  readonly detail: string;
  /** JSON Pointer to the value; for a key that cannot be written, to its object. */
  readonly pointer: string;
}

/** Levels of nesting a body may have: metadata's 32, what the request adds, and some room. */
const maxDepth = 40;

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const backslash = 0x5c;
const [openBracket, closeBracket] = [0x5b, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** An open array or object on the way to where the scan is. */
interface Frame {
  readonly isObject: boolean;
  /** Whether the next string of an object is a key. */
  expectsKey: boolean;
  key: string;
  /** Keys seen, made with the second one: most objects of a body are small. */
  keys: Set<string> | undefined;
  count: number;
}

/**
 * Finds in a JSON text what `JSON.parse` takes but a memory cannot hold or a program should not meet:
 * depth over 40, duplicate keys, keys that reach a prototype, numbers that lose their value,
 * NUL and lone surrogates.
 *
 * One pass, linear in the length, no recursion. It trusts nothing about the text, but judges only
 * well-formed JSON exactly: `JSON.parse`, which runs after it, refuses the rest.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  return new JsonScan(text).run();
}

class JsonScan {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  #at = 0;
  /** Next quote and backslash, found natively and kept: looking again at each escape would be quadratic. */
  #nextQuote = -1;
  #nextBackslash = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): JsonFault | undefined {
    while (this.#at < this.#text.length) {
      const fault = this.#token(this.#text.charCodeAt(this.#at));
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Reads one token and steps behind it. White space, colons and literals are stepped over. */
  #token(code: number): JsonFault | undefined {
    if (code === quote) return this.#string();
    if (code === minus || isDigit(code)) return this.#number();
    this.#at += 1;
    switch (code) {
      case openBrace:
      case openBracket:
        return this.#open(code === openBrace);
      case closeBrace:
      case closeBracket:
        this.#frames.pop();
        return undefined;
      case comma:
        this.#comma();
        return undefined;
      default:
        return undefined;
    }
  }

  #open(isObject: boolean): JsonFault | undefined {
    if (this.#frames.length === maxDepth)
      return this.#fault('invalid_json', `must not nest deeper than ${maxDepth}`);
    this.#frames.push({ isObject, expectsKey: isObject, key: '', keys: undefined, count: 0 });
    return undefined;
  }

  #comma(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    frame.expectsKey = frame.isObject;
    frame.count += 1;
  }

  #string(): JsonFault | undefined {
    const start = this.#at;
    const problem = this.#stepOverString();
    const frame = this.#frames.at(-1);
    const isKey = frame?.expectsKey === true;
    if (problem !== undefined)
      return this.#fault('invalid_content', problem, isKey ? this.#frames.slice(0, -1) : undefined);
    if (!isKey || this.#at > this.#text.length) return undefined;
    frame.expectsKey = false;
    return this.#key(frame, start);
  }

  /** Steps behind the closing quote, or behind the end of a text that has none. */
  #stepOverString(): string | undefined {
    this.#at += 1;
    for (;;) {
      const end = this.#findQuote();
      if (this.#findBackslash() > end) {
        this.#at = end + 1;
        return undefined;
      }
      this.#at = this.#nextBackslash;
      const problem = this.#stepOverEscape();
      if (problem !== undefined) return problem;
    }
  }

  #findQuote(): number {
    if (this.#nextQuote < this.#at) {
      const found = this.#text.indexOf('"', this.#at);
      this.#nextQuote = found === -1 ? this.#text.length : found;
    }
    return this.#nextQuote;
  }

  #findBackslash(): number {
    if (this.#nextBackslash < this.#at) {
      const found = this.#text.indexOf('\\', this.#at);
      this.#nextBackslash = found === -1 ? Infinity : found;
    }
    return this.#nextBackslash;
  }

  #stepOverEscape(): string | undefined {
    const unit = this.#escapedUnit(this.#at);
    this.#at += unit === undefined ? 2 : 6;
    if (unit === 0) return 'must not contain NUL (U+0000)';
    if (unit === undefined || unit < 0xd800 || unit > 0xdfff) return undefined;
    const low = unit < 0xdc00 ? this.#escapedUnit(this.#at) : undefined;
    if (low === undefined || low < 0xdc00 || low > 0xdfff)
      return 'must not contain lone surrogates';
    this.#at += 6;
    return undefined;
  }

  /** The code unit of a `\uXXXX` at that place, if there is one. */
  #escapedUnit(at: number): number | undefined {
    if (this.#text.charCodeAt(at) !== backslash || this.#text[at + 1] !== 'u') return undefined;
    const digits = this.#text.slice(at + 2, at + 6);
    return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
  }

  #key(frame: Frame, start: number): JsonFault | undefined {
    const key = decodeKey(this.#text.slice(start, this.#at));
    if (key === undefined) return undefined;
    const first = frame.key;
    frame.key = key;
    if (reachesPrototype(key, this.#frames.at(-2)))
      return this.#fault('invalid_json', `must not have a key ${key}`);
    if (frame.count === 0) return undefined;
    frame.keys ??= new Set([first]);
    if (frame.keys.has(key)) return this.#fault('invalid_json', 'must not repeat a key');
    frame.keys.add(key);
    return undefined;
  }

  #number(): JsonFault | undefined {
    const start = this.#at;
    do this.#at += 1;
    while (isNumberCharacter(this.#text.charCodeAt(this.#at)));
    const problem = numberProblem(this.#text.slice(start, this.#at));
    return problem === undefined ? undefined : this.#fault('invalid_content', problem);
  }

  #fault(code: JsonFault['code'], detail: string, path = this.#frames): JsonFault {
    const steps = path.map(({ isObject, key, count }) => (isObject ? key : `${count}`));
    return { code, detail, pointer: toPointer(steps) };
  }
}

/** The key without its quotes and escapes; nothing if it is malformed. */
function decodeKey(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    // Malformed escapes are for JSON.parse to refuse, with the rest of the text.
    return undefined;
  }
}

/** `__proto__`, and `constructor.prototype`, are how merged JSON pollutes every object of a program. */
const reachesPrototype = (key: string, parent: Frame | undefined): boolean =>
  key === '__proto__' ||
  (key === 'prototype' && parent?.isObject === true && parent.key === 'constructor');

/** Digits, plus, minus, point, e and E. */
const isNumberCharacter = (code: number): boolean =>
  isDigit(code) || code === 0x2b || code === minus || code === 0x2e || (code | 0x20) === 0x65;

function numberProblem(literal: string): string | undefined {
  // Fifteen digits are always exact, and no exponent means no overflow.
  if (literal.length <= 15 && !/[eE]/.test(literal)) return undefined;
  const value = Number(literal);
  if (value === Infinity || value === -Infinity)
    return 'must not hold numbers beyond 64-bit floating point';
  if (/^-?\d+$/.test(literal) && !Number.isSafeInteger(value))
    return 'must not hold integers beyond 2^53 - 1: send them as text';
  return undefined;
}
