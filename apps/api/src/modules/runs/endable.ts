/**
 * An async generator that ends when its consumer leaves, also while it waits for something that may never come: a generator alone would only see
 * `return()` once it yields again.
 */
export function endable<T>(generate: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const left = new AbortController();
  const generator = generate(left.signal);
  return {
    next: () => generator.next(),
    return: () => {
      left.abort();
      return generator.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
