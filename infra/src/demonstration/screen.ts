const REPEAT_EVERY_MS = 5000;

/** Lines that stay, and one line below them that says where things stand. */
export interface Screen {
  say(text: string): void;
  /** On a terminal it replaces itself; elsewhere it becomes a line of its own, every few seconds and whenever `stage` changes. */
  status(stage: string, text: string): void;
  /** Takes the status line away. */
  clear(): void;
}

export interface ScreenOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** @param say how a line that stays is written */
export function createScreen(output: ScreenOutput, say: (text: string) => void, now: () => number = () => performance.now()): Screen {
  let shown = '';
  let lastStage = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  const erase = () => {
    if (shown !== '') output.write('\r\u001B[2K');
  };
  return {
    say(text) {
      erase();
      say(text);
      if (shown !== '') output.write(shown);
    },
    status(stage, text) {
      if (output.isTTY === true) {
        erase();
        shown = `        ${stage} · ${text}`.slice(0, (output.columns ?? 100) - 1);
        output.write(shown);
        return;
      }
      if (stage === lastStage && now() - lastAt < REPEAT_EVERY_MS) return;
      [lastStage, lastAt] = [stage, now()];
      say(`${stage} · ${text}`);
    },
    clear() {
      erase();
      shown = '';
    },
  };
}
