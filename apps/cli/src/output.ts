import type { WireError } from '@espalier/core';

/** Where a command says what it found: for people a text, with `--json` one object on standard output. Progress goes to standard error. */
export interface Output {
  /** The result: `text` for people, `value` for programs. `passed` is false for a check that did not hold. */
  readonly result: (value: object, text: string, passed?: boolean) => void;
  /** What went wrong, in place of a result. Only with `--json`. */
  readonly error: (error: WireError) => void;
  /**
   * Where the work stands, and the share of it that is done, if that can be said. On a terminal a line with a bar that overwrites the one before; elsewhere a
   * plain line now and then, so that a log shows that work goes on without being made of it.
   */
  readonly progress: (text: string, share?: number) => void;
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

const plainLineEveryMs = 15_000;

/** @param now milliseconds that only ever grow. */
export function createOutput(json: boolean, { stdout, stderr }: OutputStreams, now = (): number => performance.now()): Output {
  let lineIsOpen = false;
  let plainLineAtMs = now();
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
    progress(text, share) {
      if (stderr.isTTY === true) {
        const line = share === undefined ? text : `${bar(share)} ${text}`;
        stderr.write(`\r\u001B[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
        lineIsOpen = true;
      } else if (now() - plainLineAtMs >= plainLineEveryMs) {
        stderr.write(`${share === undefined ? '' : `${Math.floor(100 * share)} % `}${text}\n`);
        plainLineAtMs = now();
      }
    },
    note(text) {
      closeLine();
      stderr.write(`${text}\n`);
    },
    passed: () => held,
  };
}

const barWidth = 20;

/** Such as `█████▌              ` and the percentage: each place has eight parts. */
function bar(share: number): string {
  const parts = Math.round(Math.min(1, Math.max(0, share)) * barWidth * 8);
  const full = '█'.repeat(Math.floor(parts / 8));
  const begun = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][parts % 8]!;
  return `${(full + begun).padEnd(barWidth)} ${String(Math.floor(100 * share)).padStart(3)} %`;
}
