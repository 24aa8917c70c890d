import { EspalierError } from '@espalier/core';

const outOfMemoryPattern = /OOM when allocating|resource ?exhausted|bad_alloc|out of memory|array buffer allocation failed/i;

/** Gives a name to what TensorFlow only tells in prose; every other error is returned as it is. */
export function namedFailure(error: unknown): unknown {
  if (error instanceof EspalierError || !(error instanceof Error) || !outOfMemoryPattern.test(error.message)) return error;
  return new EspalierError('OUT_OF_MEMORY', `the memory of the device is full: ${error.message.slice(0, 300)}`, {
    hint: 'Take a smaller batch, or a device with more memory.',
    cause: error,
  });
}
