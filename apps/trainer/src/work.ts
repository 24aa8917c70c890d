import { writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { toWireError, type FinalMessage, type Message } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { JobContext, JobStopped, namedFailure } from '@espalier/training';
import { readJobFile } from './job-file.ts';
import { MessageWriter } from './messages.ts';
import { runJob } from './run-job.ts';
import { Shared } from './shared.ts';
import type { FromThread, ThreadData } from './threads.ts';

/** The inside of the thread that works: it does the job and says all that there is to say of it. */
const { jobFile, memory } = workerData as ThreadData;
const shared = new Shared(memory);
const tell = (news: FromThread): void => parentPort?.postMessage(news, []);
const writer = new MessageWriter(() => tell({ type: 'unheard' }));

function say(message: Message): void {
  shared.saying(() => writer.say(message));
  if (message.type === 'progress') tell(message);
}

async function work(): Promise<FinalMessage> {
  let context: JobContext | null = null;
  try {
    const job = await readJobFile(jobFile);
    const device = await openBackend();
    say({ type: 'hello', pid: process.pid, device });
    const signal = {
      get aborted() {
        return shared.stopping;
      },
    };
    context = new JobContext({ device, say, signal, now: () => performance.now() });
    await context.breatheOrStop();
    const { result, outputs } = await runJob(job, context);
    return { type: 'done', result, outputs: [...outputs] };
  } catch (error) {
    if (error instanceof JobStopped) return { type: 'stopped' };
    // The supervisor keeps what stands on standard error: of a bug, the way to it.
    writeSync(2, `${inspect(error)}\n`);
    return { type: 'failed', error: toWireError(namedFailure(error)), step: context?.step ?? null };
  }
}

const last = await work();
say(last);
tell({ type: 'ended', failed: last.type === 'failed' });
