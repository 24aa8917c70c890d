import { kernel } from './kernel.ts';
import { whileUsed } from './while-used.ts';

const pageBytes = 65_536;

/** As much of the standard as is used here; TypeScript declares it only together with all of the DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (pages: { initial: number; maximum: number; shared: true }) => { readonly buffer: SharedArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What kernel.wat exports to the thread that wants the products; addresses are bytes. */
export interface Kernel {
  begin(tiles: number, sums: number): void;
  open(panel: number, tileBytes: number): void;
  work(): void;
  join(): void;
  close(): void;
}

/** Memory that threads can share, and the kernel on it. */
export interface Workspace {
  readonly module: object;
  readonly memory: { readonly buffer: SharedArrayBuffer };
  readonly kernel: Kernel;
}

/** Bytes at the beginning of the memory that are the kernel's own; a cache line, so that the rest is aligned. */
export const controlBytes = 64;

let compiled: object | undefined;
let current: Workspace | undefined;
const markUse = whileUsed(() => (current = undefined));

/**
 * A workspace of at least `bytes` bytes, which hold whatever the last product left there. Touching memory for the first time costs as much as
 * working on it, so one product after the other gets the same. V8 does not count shared memory when it thinks about collecting: a fresh one for each
 * would fill the machine.
 */
export function workspaceOf(bytes: number): Workspace {
  markUse();
  if (current !== undefined && current.memory.buffer.byteLength >= bytes) return current;
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernel), (character) => character.charCodeAt(0)));
  const pages = Math.ceil(bytes / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  current = { module: compiled, memory, kernel: new WebAssembly.Instance(compiled, { threads: { memory } }).exports as Kernel };
  return current;
}
