import { performance } from 'node:perf_hooks';
import { toWireError, type FinalMessage } from '@espalier/core';
import { openBackend } from '@espalier/tensor';
import { JobContext, JobStopped, namedFailure } from '@espalier/training';
import { readJobFile } from './job-file.ts';
import { MessageWriter } from './messages.ts';
import { runJob } from './run-job.ts';

/** A trainer whose supervisor is gone gets this long to leave a checkpoint: nobody else would end it. */
const orphanGraceMs = 10_000;

/**
 * The trainer: one job in, messages out. Its supervisor stops it with SIGTERM; standard input is the lifeline to it and is never read.
 * Exit code 0 after `done` or `stopped`, 1 after `failed`.
 */
async function main(jobFile: string | undefined): Promise<number> {
  const stop = new AbortController();
  const abandon = (): void => {
    stop.abort();
    setTimeout(() => process.exit(1), orphanGraceMs).unref();
  };
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  for (const end of ['end', 'close', 'error']) process.stdin.once(end, abandon);
  process.stdin.resume();
  const messages = new MessageWriter(abandon);
  const last = await work(jobFile, messages, stop.signal);
  messages.say(last);
  return last.type === 'failed' ? 1 : 0;
}

async function work(jobFile: string | undefined, messages: MessageWriter, signal: AbortSignal): Promise<FinalMessage> {
  let context: JobContext | null = null;
  try {
    const job = await readJobFile(jobFile);
    const device = await openBackend();
    messages.say({ type: 'hello', pid: process.pid, device });
    context = new JobContext({ device, say: (message) => messages.say(message), signal, now: () => performance.now() });
    await context.breatheOrStop();
    const { result, outputs } = await runJob(job, context);
    return { type: 'done', result, outputs: [...outputs] };
  } catch (error) {
    if (error instanceof JobStopped) return { type: 'stopped' };
    // The supervisor keeps what stands on standard error: of a bug, the way to it.
    console.error(error);
    return { type: 'failed', error: toWireError(namedFailure(error)), step: context?.step ?? null };
  }
}

process.exit(await main(process.argv[2]));
