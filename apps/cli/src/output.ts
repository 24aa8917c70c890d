import type { WireError } from '@espalier/core';

/** Where a command says what it found: for people a text, with `--json` one object on standard output. Progress goes to standard error. */
export interface Output {
  /** The result: `text` for people, `value` for programs. `passed` is false for a check that did not hold. */
  readonly result: (value: object, text: string, passed?: boolean) => void;
  /** What went wrong, in place of a result. Only with `--json`. */
  readonly error: (error: WireError) => void;
  /** Where the work stands; the line before it is overwritten where that can be seen. */
  readonly progress: (text: string) => void;
  /** A remark that stays. */
  readonly note: (text: string) => void;
  /** Whether every check held. */
  readonly passed: () => boolean;
}

/** Where it is written: the process's own streams, or those of a test. */
export interface OutputStreams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
}

export function createOutput(json: boolean, { stdout, stderr }: OutputStreams): Output {
  let lineIsOpen = false;
  let held = true;
  const closeLine = (): void => {
    if (lineIsOpen) stderr.write('\n');
    lineIsOpen = false;
  };
  return {
    result(value, text, passed = true) {
      closeLine();
      held &&= passed;
      stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    error(error) {
      closeLine();
      stdout.write(`${JSON.stringify({ error })}\n`);
    },
    progress(text) {
      if (stderr.isTTY !== true) return;
      stderr.write(`\r\u001B[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
      lineIsOpen = true;
    },
    note(text) {
      closeLine();
      stderr.write(`${text}\n`);
    },
    passed: () => held,
  };
}
