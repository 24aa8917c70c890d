import { EspalierError, fromWireError, type FinalMessage, type Message } from '@espalier/core';
import { TrainerProcess, type TrainerCommand, type TrainerExit, type TrainerText } from './trainer-process.ts';

type Done = Extract<FinalMessage, { type: 'done' }>;

export interface Supervision {
  readonly jobFile: string;
  /** Every message but the last, in order; the trainer waits while it is dealt with. A rejection kills the trainer and is passed on. */
  readonly onMessage: (message: Exclude<Message, FinalMessage>) => Promise<void>;
  readonly onText: (text: TrainerText) => void;
  /** Aborted when the trainer shall end; its reason is what `superviseTrainer` then throws. */
  readonly stop: AbortSignal;
  /** How long a trainer that was told to stop may take for its checkpoint before it is killed. */
  readonly stopGraceMs: () => number;
  /** A trainer reports at least every few seconds; one that is silent for this long hangs and is killed. */
  readonly silenceLimitMs: number;
}

/** How long a trainer that has said its last word may take to go. */
const lingerMs = 5000;

/**
 * Runs one trainer to its end.
 * @returns its `done` message.
 * @throws EspalierError what its `failed` message says; `TRAINER_CRASHED` when it ended, or hung, without a last message; `UNAVAILABLE`
 *   when somebody else stopped it; the reason of `stop` when that stopped it.
 */
export async function superviseTrainer(command: TrainerCommand, supervision: Supervision): Promise<Done> {
  const { jobFile, onMessage, onText, stop, stopGraceMs, silenceLimitMs } = supervision;
  stop.throwIfAborted();
  const trainer = new TrainerProcess(command, jobFile, onText);
  const obey = (): void => trainer.stop(stopGraceMs());
  stop.addEventListener('abort', obey, { once: true });
  let silent = false;
  const silence = setTimeout(() => {
    silent = true;
    trainer.kill();
  }, silenceLimitMs);
  try {
    let last: FinalMessage | undefined;
    for await (const message of trainer.messages()) {
      silence.refresh();
      if (isFinal(message)) last = message;
      else await onMessage(message);
    }
    // Nothing more can come, so there is nothing more to wait for; a trainer that still lingers is ended.
    if (last !== undefined) trainer.stop(lingerMs);
    const exit = await trainer.exit();
    // What was finished before the word to stop arrived is finished.
    if (last?.type === 'done') return last;
    stop.throwIfAborted();
    throw failureOf(last, exit, silent ? silenceLimitMs : null);
  } finally {
    clearTimeout(silence);
    stop.removeEventListener('abort', obey);
    trainer.kill();
    await trainer.exit();
  }
}

const isFinal = (message: Message): message is FinalMessage =>
  message.type === 'done' || message.type === 'failed' || message.type === 'stopped';

function failureOf(last: FinalMessage | undefined, { code, signal, lastWords }: TrainerExit, silentForMs: number | null): EspalierError {
  if (last?.type === 'failed') return fromWireError(last.error);
  if (last?.type === 'stopped') {
    return new EspalierError('UNAVAILABLE', 'the trainer was told to stop by somebody other than its worker', {
      hint: 'It goes on from its newest checkpoint by itself.',
    });
  }
  const ending = signal === null ? `with exit code ${code}` : `by ${signal}`;
  const words = lastWords.length === 0 ? 'It wrote nothing to standard error.' : `Its last words:\n${lastWords.join('\n')}`;
  if (silentForMs !== null) {
    return new EspalierError('TRAINER_CRASHED', `the trainer said nothing for ${silentForMs / 1000} s and was ended. ${words}`);
  }
  return new EspalierError('TRAINER_CRASHED', `the trainer ended ${ending} before it was done. ${words}`, { hint: hintOf(signal) });
}

function hintOf(signal: NodeJS.Signals | null): string | undefined {
  if (signal === 'SIGKILL') {
    return "Memory may have run out: the system kills the largest process then. Look for 'Out of memory' in the system's log, or take a smaller batch.";
  }
  if (signal === 'SIGSEGV' || signal === 'SIGABRT' || signal === 'SIGBUS' || signal === 'SIGILL') {
    return 'The fault is in native code: run `espalier doctor` on that worker.';
  }
  return undefined;
}
