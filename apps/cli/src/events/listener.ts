import type { Device } from '@espalier/core';
import type { JobMessage } from '@espalier/training';

/** Hears what the jobs of a command say, besides the person in front of it. */
export interface JobListener {
  started(device: Device): void;
  hear(stage: string, message: JobMessage): void;
  /** Called once, however it ended. @param error null when it ended well. */
  ended(error: unknown): void;
}
