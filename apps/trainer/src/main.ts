import { performance } from 'node:perf_hooks';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { EspalierError, toWireError, type FinalMessage, type Message } from '@espalier/core';
import { MessageWriter } from './messages.ts';
import { Shared } from './shared.ts';
import type { FromThread, ThreadData } from './threads.ts';
import { Watch } from './watch.ts';

/** A trainer that was told to stop is gone ten seconds later, whatever it is in the middle of. */
const stopWithinMs = 8000;

/**
 * The trainer: one job in, messages out. Its supervisor stops it with SIGTERM; standard input is the lifeline to it and is never read.
 * Exit code 0 after `done` or `stopped`, 1 after `failed`.
 *
 * The work is done in a thread of its own. This one is never within a call of TensorFlow's: it hears signals, speaks when the other can't, and lives to
 * tell when the other one's memory is full.
 */
function main(jobFile: string | undefined): void {
  const shared = new Shared();
  const writer = new MessageWriter(() => stop());
  const say = (message: Message): void => shared.saying(() => writer.say(message));
  const watch = new Watch(shared, say, () => performance.now());
  const workerData: ThreadData = { jobFile, memory: shared.memory };
  // The environment of the process and no copy: TensorFlow reads there what the thread writes (`withSessionConfig` of the tensor package).
  const thread = new Worker(new URL('./thread.mjs', import.meta.url), { workerData, env: SHARE_ENV });

  let deadline: NodeJS.Timeout | undefined;
  function stop(): void {
    shared.stop();
    deadline ??= setTimeout(() => leave(say), stopWithinMs);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  // A trainer whose supervisor is gone has nobody else to end it.
  for (const end of ['end', 'close', 'error']) process.stdin.once(end, stop);
  process.stdin.resume();

  const finish = (last: FinalMessage): void => {
    say(last);
    process.exit(last.type === 'failed' ? 1 : 0);
  };
  thread.on('message', (news: FromThread) => {
    if (news.type === 'progress') watch.heard(news.progress);
    else if (news.type === 'unheard') stop();
    else process.exit(news.failed ? 1 : 0);
  });
  thread.on('error', (error: unknown) => {
    console.error(error);
    finish({ type: 'failed', error: toWireError(namedFault(error)), step: watch.step });
  });
  thread.on('exit', (code) => {
    const error = new Error(`the thread that works ended with ${code} before its job was done`);
    finish({ type: 'failed', error: toWireError(error), step: watch.step });
  });
}

/**
 * Leaves in the middle of a call that does not end: the newest checkpoint has been announced before, so nothing is lost but the work since. A thread
 * within native code can't be ended from inside its process, and an ordinary exit would wait for it.
 */
function leave(say: (message: Message) => void): void {
  say({ type: 'stopped' });
  process.kill(process.pid, 'SIGKILL');
}

function namedFault(error: unknown): unknown {
  const isHeap = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (!isHeap) return error;
  return new EspalierError('OUT_OF_MEMORY', 'the memory that JavaScript may have is full', {
    hint: 'Allow more, such as 8 GiB by the environment variable NODE_OPTIONS=--max-old-space-size=8192.',
    cause: error,
  });
}

main(process.argv[2]);
