// @ts-check
/** A thread that helps with inner products. Plain JavaScript, for a thread starts without the loader that reads TypeScript. */
import { parentPort } from 'node:worker_threads';

if (parentPort === null) throw new Error('this file is the inside of a thread');

parentPort.on('message', (/** @type {{ module: WebAssembly.Module, memory: WebAssembly.Memory }} */ { module, memory }) => {
  const { exports } = new WebAssembly.Instance(module, { threads: { memory } });
  /** @type {() => void} */ (exports.help)();
});
