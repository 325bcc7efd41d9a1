/**
 * Working memory of a ranking, kept between calls so that a recall allocates nothing that grows with the tenant. All
 * zero between two calls: a call remembers what it touched and clears just that.
 */
export class Scratch {
  /** BM25 score by document. */
  own = new Float64Array(0);
  /** Position + 1 among the candidates by document, 0 for the others. */
  slot = new Int32Array(0);
  /** Documents with a score. */
  touched = new Uint32Array(0);
  touchedCount = 0;
  /** BM25 score of the session as a whole, and of its best document. */
  sessionScore = new Float64Array(0);
  sessionBest = new Float64Array(0);
  /** Occurrences of the term at hand by session. */
  sessionFrequency = new Uint32Array(0);
  touchedSessions = new Uint32Array(0);
  /** Documents whose context is looked at. */
  readonly candidates: number[] = [];
  /** Score by term and candidate. */
  byTerm = new Float64Array(0);

  /** Makes room for a tenant. */
  fit(head: number, sessions: number): void {
    if (head > this.own.length) {
      const room = roomFor(head);
      this.own = new Float64Array(room);
      this.slot = new Int32Array(room);
      this.touched = new Uint32Array(room);
    }
    if (sessions > this.sessionScore.length) {
      const room = roomFor(sessions);
      this.sessionScore = new Float64Array(room);
      this.sessionBest = new Float64Array(room);
      this.sessionFrequency = new Uint32Array(room);
      this.touchedSessions = new Uint32Array(room);
    }
  }

  /** Makes a document a candidate if it is none yet. */
  addCandidate(doc: number): void {
    if (this.slot[doc] === 0) this.slot[doc] = this.candidates.push(doc);
  }

  /** A zeroed table of `terms` × candidates. */
  fitTerms(terms: number): Float64Array {
    const size = terms * this.candidates.length;
    if (size > this.byTerm.length) this.byTerm = new Float64Array(roomFor(size));
    else this.byTerm.fill(0, 0, size);
    return this.byTerm;
  }

  /** Leaves no trace of the tenant. */
  clear(sessions: Int32Array): void {
    for (let at = 0; at < this.touchedCount; at++) {
      const doc = this.touched[at]!;
      this.own[doc] = 0;
      const session = sessions[doc]!;
      if (session < 0) continue;
      this.sessionScore[session] = 0;
      this.sessionBest[session] = 0;
      this.sessionFrequency[session] = 0;
    }
    this.touchedCount = 0;
    for (const doc of this.candidates) this.slot[doc] = 0;
    this.candidates.length = 0;
  }
}

const roomFor = (size: number): number => Math.max(1_024, Math.ceil(size * 1.5));
