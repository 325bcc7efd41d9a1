/** A point that one side waits at until the other opens it. */
export interface Barrier {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

/** Makes a closed barrier. `Promise.withResolvers` would do, but Node 20 has none. */
export function createBarrier(): Barrier {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
