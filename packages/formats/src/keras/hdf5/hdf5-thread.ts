import { Worker } from 'node:worker_threads';
import { EspalierError } from '@espalier/core';
import { badArtifact } from '../../faults.ts';
import type { Hdf5Answers, Hdf5Request } from './messages.ts';

const mebibyte = 2 ** 20;

/** Memory that the library may take while reading: rows are fetched 16 MiB at a time, so more is only wanted by a file that lies. */
const largestReadingHeap = 384 * mebibyte;
/** The library's own limit. What is written is ours, a dataset at a time. */
const largestWritingHeap = 2048 * mebibyte;
/** Reading a small file takes a fraction of a second, the start of the thread included, and on a busy machine a few. */
const patienceWithAnyFile = 8000;
/** A large one passes at 20 MiB/s on the slowest machine that is worth waiting for. */
const patienceByte = 1000 / (20 * mebibyte);

type Reply = { id: number; answer: unknown } | { id: number; fault: string };
type Waiting = { resolve: (answer: unknown) => void; reject: (error: unknown) => void };

/**
 * One thread with the HDF5 library. It is needed: of 2000 files damaged at random, 45 made the library read outside its memory and 7 sent it round in
 * circles for ever. A thread that has read a bad file is not used again, for memory that was spoilt there must not touch the next one.
 */
export class Hdf5Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  readonly #patienceMs: number;
  readonly #purpose: 'read' | 'write';

  /** `patienceMs` is how long a small file may take to be read. */
  constructor(purpose: 'read' | 'write', { patienceMs = patienceWithAnyFile }: { readonly patienceMs?: number } = {}) {
    this.#patienceMs = patienceMs;
    this.#purpose = purpose;
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

  /** Throws BAD_ARTIFACT with what the library says of a file, OUT_OF_MEMORY where one that is written grows beyond its memory. */
  async ask<Task extends Hdf5Request['task']>(
    request: Extract<Hdf5Request, { task: Task }>,
    transfer: ArrayBuffer[] = [],
  ): Promise<Hdf5Answers[Task]> {
    if (this.#ended) throw this.#failure('the library stopped');
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as Hdf5Answers[Task]), reject });
      this.#worker.postMessage({ id, request }, transfer);
    });
  }

  /** From now on, all that is asked has to be answered in the time that a file of `fileSize` bytes may take. */
  startClock(fileSize: number): void {
    clearTimeout(this.#timer);
    const limit = this.#patienceMs + fileSize * patienceByte;
    this.#timer = setTimeout(() => {
      this.#end(new Error(`it takes more than ${Math.round(limit / 1000)} s`));
      void this.close();
    }, limit);
  }

  /** Whether the thread stopped before it was closed. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended = true;
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('fault' in reply) waiting?.reject(this.#failure(reply.fault));
    else waiting?.resolve(reply.answer);
  }

  #end(error: Error): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(this.#failure(error.message, error));
    this.#waiting.clear();
  }

  #failure(reason: string, cause?: unknown): EspalierError {
    const text = firstSentence(reason);
    return this.#purpose === 'read'
      ? badArtifact(`the HDF5 file can't be read: ${text}`, [], 'Save the network again, or read it when the machine is less busy.', cause)
      : new EspalierError('OUT_OF_MEMORY', `the HDF5 file can't be written: ${text}`, {
          hint: 'Write the network as ONNX or TF.js.',
          cause,
        });
  }
}

/** The library's messages go on with its call stack; one of them means that it found nothing sensible at a place that the file names. */
const firstSentence = (reason: string): string =>
  reason.startsWith('error - name not defined') ? 'it names something that is not there' : reason.split('\n')[0]!.slice(0, 200).trim();
