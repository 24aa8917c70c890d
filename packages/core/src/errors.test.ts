import { describe, expect, it } from 'vitest';
import { EspalierError, fromWireError, toWireError, WireErrorSchema } from './errors.ts';

describe('an error on its way through a process boundary', () => {
  it('keeps its code, words, place and whether it is worth another try', () => {
    const error = new EspalierError('BAD_NETWORK', 'layer conv2 has 12 inputs, but conv1 gives 16', {
      hint: 'Export it again.',
      path: ['layers', 'conv2'],
    });
    const wire = WireErrorSchema.parse(JSON.parse(JSON.stringify(toWireError(error))));
    expect(wire.retryable).toBe(false);
    expect(fromWireError(wire)).toMatchObject({ code: error.code, message: error.message, hint: error.hint, path: error.path });
  });

  it('is worth another try when it was a crash or a bug', () => {
    expect(toWireError(new EspalierError('TRAINER_CRASHED', 'ended by SIGKILL')).retryable).toBe(true);
    expect(toWireError(new TypeError('x is undefined'))).toMatchObject({ code: 'INTERNAL', retryable: true });
  });
});
