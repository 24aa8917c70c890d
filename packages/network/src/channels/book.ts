import type { ChannelBook, Labels } from '../layers/kind.ts';

/** A `ChannelBook` by union-find (Tarjan 1975) over numbered elements. The root of a set is its oldest element, so that numbers stay stable. */
export class UnionFindBook implements ChannelBook {
  readonly #parents: number[] = [];
  readonly #locks = new Map<number, string>();

  fresh(count: number): Labels {
    const first = this.#parents.length;
    const labels = new Int32Array(count);
    for (let channel = 0; channel < count; channel++) {
      labels[channel] = first + channel;
      this.#parents.push(first + channel);
    }
    return labels;
  }

  tie(a: number, b: number): void {
    const rootA = this.#root(a);
    const rootB = this.#root(b);
    if (rootA < rootB) this.#parents[rootB] = rootA;
    else this.#parents[rootA] = rootB;
  }

  lock(labels: Labels, reason: string): void {
    for (const label of labels) if (!this.#locks.has(label)) this.#locks.set(label, reason);
  }

  /** Sets of tied elements, numbered from 0 by their oldest element, with the reason why a set is locked, or null. */
  classes(): { readonly classOf: Int32Array; readonly locks: readonly (string | null)[] } {
    const classOf = new Int32Array(this.#parents.length);
    const locks: (string | null)[] = [];
    for (let element = 0; element < classOf.length; element++) {
      const root = this.#root(element);
      if (root === element) classOf[element] = locks.push(null) - 1;
      else classOf[element] = classOf[root]!;
    }
    for (const [element, reason] of this.#locks) locks[classOf[element]!] ??= reason;
    return { classOf, locks };
  }

  #root(element: number): number {
    let current = element;
    while (this.#parents[current] !== current) {
      this.#parents[current] = this.#parents[this.#parents[current]!]!;
      current = this.#parents[current]!;
    }
    return current;
  }
}
