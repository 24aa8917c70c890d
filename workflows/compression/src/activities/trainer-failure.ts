import { EspalierError, fromWireError, type FinalMessage, type Message, type WireError } from '@espalier/core';
import type { TrainerExit } from './trainer-process.ts';

/** Where a trainer was when it was last heard of. */
export class Whereabouts {
  #phase: string | null = null;
  #step: number | null = null;
  #steps: number | null = null;
  silentSeconds = 0;

  note(message: Message): void {
    this.silentSeconds = 0;
    if (message.type === 'checkpoint') this.#step = message.step;
    if (message.type !== 'progress') return;
    const { phase, step, steps, silentSeconds = 0 } = message.progress;
    this.silentSeconds = silentSeconds;
    this.#phase = phase;
    this.#step = step ?? null;
    this.#steps = steps ?? null;
  }

  /** Such as ` at step 120 of 400 (training)`; empty when nothing was heard. */
  get text(): string {
    const step = this.#step === null ? '' : ` at step ${this.#step}${this.#steps === null ? '' : ` of ${this.#steps}`}`;
    return `${step}${this.#phase === null ? '' : ` (${this.#phase})`}`;
  }
}

/** What becomes of a trainer that ended without having done its job. @param hanging why it was ended, if it was. */
export function failureOf(
  last: FinalMessage | undefined,
  { code, signal, lastWords }: TrainerExit,
  { heard, hanging }: { readonly heard: Whereabouts; readonly hanging: string | null },
): EspalierError {
  if (last?.type === 'failed') return fromWireError(withStep(last));
  if (last?.type === 'stopped') {
    return new EspalierError('UNAVAILABLE', 'the trainer was told to stop by somebody other than its worker', {
      hint: 'It goes on from its newest checkpoint by itself.',
    });
  }
  const ending = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const words = lastWords.length === 0 ? 'It wrote nothing to standard error.' : `Its last words:\n${lastWords.join('\n')}`;
  if (hanging !== null) return new EspalierError('TRAINER_CRASHED', `the trainer ${hanging}${heard.text} and was ended. ${words}`);
  return new EspalierError('TRAINER_CRASHED', `the trainer ended ${ending}${heard.text} before it was done. ${words}`, {
    hint: hintOf(signal, lastWords),
  });
}

/** Its error, whose message says at which step that was, if it was in one. */
function withStep({ error, step }: Extract<FinalMessage, { type: 'failed' }>): WireError {
  return step === null || /\bstep \d/.test(error.message) ? error : { ...error, message: `${error.message} (after step ${step})` };
}

/** What allocators say when there is none: C++'s, TensorFlow's, glibc's and V8's. */
const outOfMemoryWords = /bad_alloc|OOM when allocating|cannot allocate memory|out of memory/i;

function hintOf(signal: NodeJS.Signals | null, lastWords: readonly string[]): string | undefined {
  if (lastWords.some((line) => outOfMemoryWords.test(line))) {
    return 'Memory ran out, as its last words say: take a smaller batch, or a worker with more memory.';
  }
  if (signal === 'SIGKILL') {
    return "Memory may have run out: the system kills the largest process then. Look for 'Out of memory' in the system's log, or take a smaller batch.";
  }
  if (signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS' || signal === 'SIGILL' || signal === 'SIGFPE') {
    return 'The fault is in native code: run `espalier doctor` on that worker.';
  }
  return undefined;
}
