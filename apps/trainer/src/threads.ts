import type { Message } from '@espalier/core';

/** What the thread that works is given. */
export interface ThreadData {
  readonly jobFile: string | undefined;
  readonly memory: SharedArrayBuffer;
}

/** What it tells the thread that watches: where it stands, that nobody reads its messages any more, and that its last word is said. */
export type FromThread = Extract<Message, { type: 'progress' }> | { type: 'unheard' } | { type: 'ended'; failed: boolean };
