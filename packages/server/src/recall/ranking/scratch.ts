/** Steps between no score and the best one. */
export const scoreSteps = 4_096;

/**
 * Working memory of a ranking, kept between calls so that a recall allocates nothing that grows with the tenant. All
 * zero between two calls: a call remembers what it touched and clears just that.
 */
export class Scratch {
  /** BM25 score by document. */
  own = new Float64Array(0);
  /** 1 for documents with a score, in numbers that a loop can count with. */
  seen = new Uint8Array(0);
  /** 1 for documents that get their score late; all zero but while they do. */
  late = new Uint8Array(0);
  /** What a document took over from its neighbours. */
  handed = new Float64Array(0);
  /** Documents with a score of their own. */
  touched = new Uint32Array(0);
  touchedCount = 0;
  /** Their scores, side by side, as `stepOfBest` found them. */
  scores = new Float64Array(0);
  /** The best of these scores. */
  bestOwn = 0;
  /** BM25 score of the session as a whole, and of its best document. */
  sessionScore = new Float64Array(0);
  sessionBest = new Float64Array(0);
  /** Occurrences of the term at hand by session; zero between two terms. */
  sessionFrequency = new Uint32Array(0);
  /** 1 for sessions of the term at hand. */
  sessionSeen = new Uint8Array(0);
  /** Sessions of the term at hand. */
  touchedSessions = new Uint32Array(0);
  /** Documents whose context is looked at: first those that hand on their score, then the others. */
  candidates = new Uint32Array(8_192);
  candidateCount = 0;
  /** Documents on each step of the scores. */
  readonly counts = new Uint32Array(scoreSteps + 1);
  /** By document: 0 no candidate, 1 hands on its score, 2 does not, 3 no candidate but scored for good. */
  #part = new Uint8Array(0);
  #settled = false;
  #head = 0;
  #sessions = 0;

  /** Makes room for a tenant. */
  fit(head: number, sessions: number): void {
    this.#head = head;
    this.#sessions = sessions;
    if (head > this.own.length) {
      const room = roomFor(head);
      this.own = new Float64Array(room);
      this.seen = new Uint8Array(room);
      this.late = new Uint8Array(room);
      this.handed = new Float64Array(room);
      // One more: where the next would go is written before it is known to be one.
      this.touched = new Uint32Array(room + 1);
      this.scores = new Float64Array(room);
      this.#part = new Uint8Array(room);
    }
    if (sessions > this.sessionScore.length) {
      const room = roomFor(sessions);
      this.sessionScore = new Float64Array(room);
      this.sessionBest = new Float64Array(room);
      this.sessionFrequency = new Uint32Array(room);
      this.sessionSeen = new Uint8Array(room);
      this.touchedSessions = new Uint32Array(room + 1);
    }
  }

  /** Makes a document a candidate, if it is none yet, that hands on its score. */
  addGiver(doc: number): void {
    this.#add(doc, 1);
  }

  /** Makes a document a candidate, if it is none yet. */
  addCandidate(doc: number): void {
    this.#add(doc, 2);
  }

  isCandidate(doc: number): boolean {
    return this.#part[doc] === 1 || this.#part[doc] === 2;
  }

  /** Marks all that have a score so far. */
  settle(): void {
    this.#settled = true;
    for (let at = 0; at < this.touchedCount; at++) this.#part[this.touched[at]!] ||= 3;
  }

  /** Whether a document was marked, or is a candidate. */
  isSettled(doc: number): boolean {
    return this.#part[doc] !== 0;
  }

  handsOn(doc: number): boolean {
    return this.#part[doc] === 1;
  }

  /** Leaves no trace of the tenant. */
  clear(): void {
    this.#clearTouched();
    if (this.#settled)
      for (let at = 0; at < this.touchedCount; at++) this.#part[this.touched[at]!] = 0;
    this.#settled = false;
    this.touchedCount = 0;
    this.bestOwn = 0;
    for (let at = 0; at < this.candidateCount; at++) {
      this.handed[this.candidates[at]!] = 0;
      this.#part[this.candidates[at]!] = 0;
    }
    this.candidateCount = 0;
    this.sessionScore.fill(0, 0, this.#sessions);
    this.sessionBest.fill(0, 0, this.#sessions);
    this.#sessions = 0;
  }

  #clearTouched(): void {
    const { own, seen, touched, touchedCount } = this;
    if (touchedCount * manyOf > this.#head) {
      own.fill(0, 0, this.#head);
      seen.fill(0, 0, this.#head);
    } else
      for (let at = 0; at < touchedCount; at++) {
        own[touched[at]!] = 0;
        seen[touched[at]!] = 0;
      }
  }

  #moreCandidates(): void {
    const more = new Uint32Array(this.candidates.length * 2);
    more.set(this.candidates);
    this.candidates = more;
  }

  #add(doc: number, part: number): void {
    if (this.#part[doc] !== 0) return;
    this.#part[doc] = part;
    if (this.candidateCount === this.candidates.length) this.#moreCandidates();
    this.candidates[this.candidateCount++] = doc;
  }
}

/** Documents in all for each one touched, up to which it is faster to clear them all in a row. */
const manyOf = 16;

const roomFor = (size: number): number => Math.max(1_024, Math.ceil(size * 1.5));
