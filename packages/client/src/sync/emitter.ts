/** Calls listeners of named events, each with its own type of fact. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(fact: never) => void>>();

  /** Listens until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (fact: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Calls the listeners in the order in which they came. What one throws is its caller's to see. */
  emit<Name extends keyof Events>(name: Name, fact: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? [])
      (listener as (fact: Events[Name]) => void)(fact);
  }
}
