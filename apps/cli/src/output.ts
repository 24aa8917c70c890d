/** Where a command says what it found: for people a text, with `--json` one object on standard output. Progress goes to standard error. */
export interface Output {
  /** The result: `text` for people, `value` for programs. */
  readonly result: (value: object, text: string) => void;
  /** Where the work stands; the line before it is overwritten where that can be seen. */
  readonly progress: (text: string) => void;
  /** A remark that stays. */
  readonly note: (text: string) => void;
}

export function createOutput(json: boolean): Output {
  const { stdout, stderr } = process;
  let lineIsOpen = false;
  const closeLine = (): void => {
    if (lineIsOpen) stderr.write('\n');
    lineIsOpen = false;
  };
  return {
    result(value, text) {
      closeLine();
      stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`);
    },
    progress(text) {
      if (!stderr.isTTY) return;
      stderr.write(`\r\u001B[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
      lineIsOpen = true;
    },
    note(text) {
      closeLine();
      stderr.write(`${text}\n`);
    },
  };
}
