import { fstatSync, writeSync } from 'node:fs';
import type { Message } from '@espalier/core';

const messageDescriptor = 3;
const standardOutput = 1;

/**
 * Says messages, one JSON object a line, on file descriptor 3; where nobody opened that, on standard output. Written synchronously, so that
 * a message is out before the work that it tells of goes on.
 */
export class MessageWriter {
  readonly #descriptor: number;
  readonly #onClosed: () => void;
  #closed = false;

  /** @param onClosed called once, when nobody reads any more. */
  constructor(onClosed: () => void, descriptor = isOpenForMessages(messageDescriptor) ? messageDescriptor : standardOutput) {
    this.#descriptor = descriptor;
    this.#onClosed = onClosed;
  }

  say(message: Message): void {
    if (this.#closed) return;
    const line = Buffer.from(`${JSON.stringify(message)}\n`);
    try {
      for (let written = 0; written < line.length;) written += this.#write(line, written);
    } catch (error) {
      if (!isClosedPipe(error)) throw error;
      this.#closed = true;
      this.#onClosed();
    }
  }

  /** A pipe that its reader made non-blocking is full at times; there is nothing to do then but to wait a little. */
  #write(line: Buffer, from: number): number {
    try {
      return writeSync(this.#descriptor, line, from);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      return 0;
    }
  }
}

/** Node's own descriptors are event queues and the like: only a pipe, a socket or a file was put there by whoever started this process. */
function isOpenForMessages(descriptor: number): boolean {
  try {
    const kind = fstatSync(descriptor);
    return kind.isFIFO() || kind.isSocket() || kind.isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EBADF') return false;
    throw error;
  }
}

const isClosedPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
