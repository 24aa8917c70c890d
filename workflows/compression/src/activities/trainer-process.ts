import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { EspalierError, MessageSchema, type Message } from '@espalier/core';
import { linesOf } from './lines.ts';

/** How to start a trainer: the job file's path is added as the last argument. */
export interface TrainerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** What a trainer wrote as free text. */
export interface TrainerText {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface TrainerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines on standard error, for whoever must find out why. */
  readonly lastWords: readonly string[];
}

const lastWordsKept = 30;
const longestLine = 16 * 1024 * 1024;

/**
 * One trainer as a child process. Standard input is its lifeline: nothing is ever written there, and when this process dies, however that
 * happens, the operating system closes it and the trainer ends too. Messages come on file descriptor 3, apart from whatever TensorFlow prints.
 */
export class TrainerProcess {
  readonly #child: ChildProcess;
  readonly #lastWords: string[] = [];
  readonly #exited: Promise<TrainerExit>;
  readonly #text: Promise<unknown>;
  #killTimer: NodeJS.Timeout | undefined;

  constructor({ command, args, env, cwd }: TrainerCommand, jobFile: string, onText: (text: TrainerText) => void) {
    this.#child = spawn(command, [...args, jobFile], { cwd, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    // Computing leaves the processors to those who look at it: on a laptop, portal and database share them with the trainer.
    if (this.#child.pid !== undefined) lowerPriority(this.#child.pid);
    // A trainer that ends early breaks the lifeline from its side; that is told by its exit, not by this stream.
    this.#child.stdin?.on('error', () => undefined);
    this.#exited = this.#watchExit();
    // Whoever waits for the exit gets the error; a spawn that fails before anybody waits must not end the worker.
    this.#exited.catch(() => undefined);
    this.#text = Promise.all([this.#readText(this.#child.stdout, 'stdout', onText), this.#readText(this.#child.stderr, 'stderr', onText)]);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * What the trainer says, in order, until it closes its side. Reading slowly slows the trainer down: the pipe is bounded.
   * @throws EspalierError `INTERNAL` for a line that is no message: the two sides are of different versions, or one has a bug.
   */
  async *messages(): AsyncGenerator<Message> {
    const pipe = this.#child.stdio[3];
    if (!pipe || !('read' in pipe)) throw new Error('the trainer was started without its message pipe');
    for await (const line of linesOf(pipe, longestLine)) {
      if (line.length > 0) yield parseMessage(line);
    }
  }

  /** Resolves once the process has ended and all its text is read. @throws EspalierError `UNAVAILABLE` when it could not be started. */
  async exit(): Promise<TrainerExit> {
    const exit = await this.#exited;
    await this.#text;
    return exit;
  }

  /** Asks the trainer to write a checkpoint and end, and kills it after `graceMs`. Asking again changes nothing. */
  stop(graceMs: number): void {
    if (this.#killTimer !== undefined || this.#hasEnded()) return;
    this.#child.kill('SIGTERM');
    this.#killTimer = setTimeout(() => this.kill(), graceMs);
  }

  kill(): void {
    if (!this.#hasEnded()) this.#child.kill('SIGKILL');
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #watchExit(): Promise<TrainerExit> {
    try {
      const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null];
      return { code, signal, lastWords: this.#lastWords };
    } catch (error) {
      throw new EspalierError(
        'UNAVAILABLE',
        `the trainer could not be started: ${error instanceof Error ? error.message : String(error)}`,
        {
          hint: 'Check that the worker may start processes and that memory is free.',
          cause: error,
        },
      );
    } finally {
      clearTimeout(this.#killTimer);
    }
  }

  async #readText(pipe: Readable | null, stream: TrainerText['stream'], onText: (text: TrainerText) => void): Promise<void> {
    if (pipe === null) return;
    for await (const line of linesOf(pipe, longestLine)) {
      if (line.trim().length === 0) continue;
      onText({ stream, text: line });
      if (stream === 'stderr' && this.#lastWords.push(line) > lastWordsKept) this.#lastWords.shift();
    }
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let us: a trainer of ordinary priority computes the same.
  }
}

function parseMessage(line: string): Message {
  const start = line.slice(0, 200);
  try {
    const message = MessageSchema.safeParse(JSON.parse(line));
    if (message.success) return message.data;
    const issue = message.error.issues[0];
    throw new EspalierError(
      'INTERNAL',
      `the trainer said something that is not a message (${issue?.path.join('.')}: ${issue?.message}): ${start}`,
    );
  } catch (error) {
    if (error instanceof EspalierError) throw error;
    throw new EspalierError('INTERNAL', `the trainer said something that is not JSON: ${start}`, { cause: error });
  }
}
