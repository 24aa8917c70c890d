import { Worker } from 'node:worker_threads';
import { badArtifact } from '../../faults.ts';
import type { Hdf5Answers, Hdf5Request } from './messages.ts';

const mebibyte = 2 ** 20;

/** Memory that the library may take while reading: rows are fetched 16 MiB at a time, so more is only wanted by a file that lies. */
const largestReadingHeap = 384 * mebibyte;
/** The library's own limit. What is written is ours, a dataset at a time. */
const largestWritingHeap = 2048 * mebibyte;
/** A small file takes milliseconds; a large one passes at 20 MiB/s on the slowest disk and machine that are worth waiting for. */
const patienceMs = (fileSize: number): number => 8000 + (fileSize / (20 * mebibyte)) * 1000;

type Reply = { id: number; answer: unknown } | { id: number; fault: string };
type Waiting = { resolve: (answer: unknown) => void; reject: (error: unknown) => void };

/**
 * One thread with the HDF5 library (`thread.mjs` says why there is one). A thread that has read a bad file is not used again: memory that was
 * spoilt there must not touch the next file.
 */
export class Hdf5Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(purpose: 'read' | 'write') {
    this.#worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      workerData: { largestHeap: purpose === 'read' ? largestReadingHeap : largestWritingHeap },
      execArgv: [],
      // What the library prints about a bad file is in its error as well.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the library stopped')));
  }

  /** Throws BAD_ARTIFACT with what the library says. */
  async ask<Task extends Hdf5Request['task']>(
    request: Extract<Hdf5Request, { task: Task }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<Hdf5Answers[Task]> {
    if (this.#ended) throw unreadable('the library stopped');
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Hdf5Answers[Task]), reject });
      this.#worker.postMessage({ id, request }, transfer);
    });
  }

  /** From now on, all that is asked has to be answered in the time that a file of `fileSize` bytes may take. */
  startClock(fileSize: number): void {
    clearTimeout(this.#timer);
    const limit = patienceMs(fileSize);
    this.#timer = setTimeout(() => {
      this.#end(new Error(`it takes more than ${Math.round(limit / 1000)} s`));
      void this.close();
    }, limit);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended = true;
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('fault' in reply) waiting?.reject(unreadable(reply.fault));
    else waiting?.resolve(reply.answer);
  }

  #end(error: Error): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(unreadable(error.message, error));
    this.#waiting.clear();
  }
}

const unreadable = (reason: string, cause?: unknown) =>
  badArtifact(`the HDF5 file can't be read: ${firstSentence(reason)}`, [], 'Save the network again, or download the file again.', cause);

/** The library's messages go on with its call stack. */
const firstSentence = (reason: string): string => reason.split('\n')[0]!.slice(0, 200).trim();
