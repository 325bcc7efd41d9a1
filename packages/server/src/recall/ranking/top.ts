/** Keeps the best documents seen: higher score first, then the newer one. A heap with the worst on top. */
export class Top {
  readonly #limit: number;
  readonly #docs: number[] = [];
  readonly #scores: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** No document with a lower score would stay; anything may while there is room. */
  get least(): number {
    return this.#docs.length < this.#limit ? -Infinity : (this.#scores[0] ?? Infinity);
  }

  /** Whether a document with this score would stay. */
  wouldKeep(doc: number, score: number): boolean {
    if (this.#docs.length < this.#limit) return true;
    return this.#limit > 0 && isWorse(this.#scores[0]!, this.#docs[0]!, score, doc);
  }

  /** Offers a document; it stays if it belongs to the best. */
  offer(doc: number, score: number): void {
    if (this.#docs.length < this.#limit) this.#rise(this.#docs.length, doc, score);
    else if (this.wouldKeep(doc, score)) this.#sink(doc, score);
  }

  /** The best score so far; 0 when there is none. */
  best(): number {
    return this.#scores.reduce((best, score) => Math.max(best, score), 0);
  }

  /** Document numbers and scores, best first. */
  ranked(): { docs: number[]; scores: number[] } {
    const order = this.#docs.map((_, at) => at);
    const docs = this.#docs;
    const scores = this.#scores;
    order.sort((a, b) => (isWorse(scores[a]!, docs[a]!, scores[b]!, docs[b]!) ? 1 : -1));
    return { docs: order.map((at) => docs[at]!), scores: order.map((at) => scores[at]!) };
  }

  #rise(from: number, doc: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isWorse(this.#scores[parent]!, this.#docs[parent]!, score, doc)) break;
      this.#put(at, this.#docs[parent]!, this.#scores[parent]!);
      at = parent;
    }
    this.#put(at, doc, score);
  }

  #sink(doc: number, score: number): void {
    const size = this.#docs.length;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#isWorseAt(child + 1, child)) child++;
      if (isWorse(score, doc, this.#scores[child]!, this.#docs[child]!)) break;
      this.#put(at, this.#docs[child]!, this.#scores[child]!);
      at = child;
    }
    this.#put(at, doc, score);
  }

  #isWorseAt(a: number, b: number): boolean {
    return isWorse(this.#scores[a]!, this.#docs[a]!, this.#scores[b]!, this.#docs[b]!);
  }

  #put(at: number, doc: number, score: number): void {
    this.#docs[at] = doc;
    this.#scores[at] = score;
  }
}

/** Whether the first document ranks below the second. */
const isWorse = (score: number, doc: number, otherScore: number, otherDoc: number): boolean =>
  score < otherScore || (score === otherScore && doc < otherDoc);
