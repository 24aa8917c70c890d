/** A promise that is settled from outside. (`Promise.withResolvers` is not in Node 20.) */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function deferred(): Deferred {
  let settle: Omit<Deferred, 'promise'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // A promise's executor runs before its constructor returns.
  return { promise, ...settle! };
}
