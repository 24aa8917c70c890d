import type { FinalMessage, Message } from '@espalier/core';
import { failureOf, Whereabouts } from './trainer-failure.ts';
import { TrainerProcess, type TrainerCommand, type TrainerText } from './trainer-process.ts';

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
  /** The same for one that lives, but whose work is within a single call for so long. */
  readonly stuckLimitMs: number;
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
  const { jobFile, onMessage, onText, stop, stopGraceMs, silenceLimitMs, stuckLimitMs } = supervision;
  stop.throwIfAborted();
  const trainer = new TrainerProcess(command, jobFile, onText);
  const obey = (): void => trainer.stop(stopGraceMs());
  stop.addEventListener('abort', obey, { once: true });
  let hanging: string | null = null;
  const endHanging = (what: string): void => {
    hanging = what;
    trainer.kill();
  };
  const silence = setTimeout(() => endHanging(`said nothing for ${silenceLimitMs / 1000} s`), silenceLimitMs);
  const heard = new Whereabouts();
  try {
    let last: FinalMessage | undefined;
    for await (const message of trainer.messages()) {
      silence.refresh();
      heard.note(message);
      if (heard.silentSeconds * 1000 >= stuckLimitMs) endHanging(`was within one call for ${heard.silentSeconds} s`);
      if (isFinal(message)) last = message;
      else await onMessage(message);
    }
    // Nothing more can come, so there is nothing more to wait for; a trainer that still lingers is ended.
    if (last !== undefined) trainer.stop(lingerMs);
    const exit = await trainer.exit();
    // What was finished before the word to stop arrived is finished.
    if (last?.type === 'done') return last;
    stop.throwIfAborted();
    throw failureOf(last, exit, { heard, hanging });
  } finally {
    clearTimeout(silence);
    stop.removeEventListener('abort', obey);
    trainer.kill();
    await trainer.exit();
  }
}

const isFinal = (message: Message): message is FinalMessage =>
  message.type === 'done' || message.type === 'failed' || message.type === 'stopped';
