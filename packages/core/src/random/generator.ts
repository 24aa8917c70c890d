import { z } from 'zod';
import type { Digest } from '../artifact.ts';

/** The whole state of a generator: four unsigned 32-bit words. */
export const GeneratorStateSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type GeneratorState = z.infer<typeof GeneratorStateSchema>;

/**
 * A seeded source of randomness: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).
 *
 * All randomness in Espalier comes from these, one for each purpose (`createGenerator(seed, 'shuffle')`), so that drawing once more for
 * one purpose disturbs no other. `state()` goes into checkpoints, `restoreGenerator` continues from there.
 */
export class Generator {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor([a, b, c, d]: GeneratorState) {
    this.#a = a >>> 0;
    this.#b = b >>> 0;
    this.#c = c >>> 0;
    this.#d = d >>> 0;
    if ((this.#a | this.#b | this.#c | this.#d) === 0) throw new RangeError('a generator state of four zeros would only ever yield zero');
  }

  state(): GeneratorState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  /** An integer in [0, 2³²). */
  uint32(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    this.#a >>>= 0;
    this.#b >>>= 0;
    this.#c >>>= 0;
    return scrambled;
  }

  /** A double in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  /** An integer in [0, bound), without the bias of a plain remainder. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4_294_967_296)
      throw new RangeError(`bound must be an integer from 1 to 2^32, but got ${bound}`);
    const limit = 4_294_967_296 - (4_294_967_296 % bound);
    let drawn = this.uint32();
    while (drawn >= limit) drawn = this.uint32();
    return drawn % bound;
  }

  /** A standard normal number (Box and Muller 1958; the second of each pair is not kept, so that the state is all there is). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles `items` in place (Fisher and Yates) and returns them. */
  shuffle<T extends { length: number; [index: number]: number } | unknown[]>(items: T): T {
    const list = items as unknown[];
    for (let last = list.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = list[last];
      list[last] = list[other];
      list[other] = kept;
    }
    return items;
  }

  /** The integers 0 … length − 1 in random order. */
  permutation(length: number): Uint32Array {
    return this.shuffle(Uint32Array.from({ length }, (_, index) => index));
  }

  /** `count` different members of `items`, in the order of `items`. */
  sample<T>(items: readonly T[], count: number): T[] {
    if (count > items.length) throw new RangeError(`cannot draw ${count} of ${items.length} items`);
    const chosen = this.permutation(items.length).slice(0, count).sort();
    return Array.from(chosen, (index) => items[index]!);
  }
}

/**
 * The generator for one purpose of one run: `createGenerator(7, 'select', 'round', 2)`.
 * The seed and the words of the purpose are hashed together, so that neighbouring seeds and purposes share nothing.
 */
export function createGenerator(seed: number, ...purpose: readonly (string | number)[]): Generator {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`a seed is a non-negative integer, but got ${seed}`);
  const next = hashWords(JSON.stringify([seed, ...purpose]));
  return new Generator([next(), next(), next(), next() | 1]);
}

/** A seed that follows from what a digest is of: 48 bits, as many whole hexadecimal digits as a safe integer holds. */
export const seedOfDigest = (digest: Digest): number => Number.parseInt(digest.slice(0, 12), 16);

export function restoreGenerator(state: GeneratorState): Generator {
  return new Generator(state);
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** A stream of well-mixed words from a text: FNV-1a over its code units, then the finaliser of MurmurHash3 over a Weyl sequence. */
function hashWords(text: string): () => number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return () => {
    hash = (hash + 0x9e3779b9) | 0;
    let word = hash;
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}
