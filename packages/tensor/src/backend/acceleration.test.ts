import { describe, expect, it } from 'vitest';
import { readAcceleration } from './acceleration.ts';

const AMX = 'fpu sse avx512f avx512_bf16 amx_bf16 amx_tile';
const OLD = 'fpu sse avx2';

describe('what trades exactness for speed', () => {
  it('is off by default', () => {
    expect(readAcceleration({}, 'cpu', AMX)).toEqual({ precision: 'float32', xla: false });
    expect(readAcceleration({ ESPALIER_PRECISION: '', ESPALIER_XLA: '0' }, 'cuda', OLD)).toEqual({ precision: 'float32', xla: false });
  });

  it('is bfloat16 on a processor that has it, float16 and XLA on a GPU', () => {
    expect(readAcceleration({ ESPALIER_PRECISION: 'bfloat16' }, 'cpu', AMX).precision).toBe('bfloat16');
    const onGpu = readAcceleration({ ESPALIER_PRECISION: 'float16', ESPALIER_XLA: '1' }, 'cuda', OLD);
    expect(onGpu).toEqual({ precision: 'float16', xla: true });
  });

  it.each<[string, Record<string, string>, 'cpu' | 'cuda', string]>([
    ['bfloat16 on a processor without it', { ESPALIER_PRECISION: 'bfloat16' }, 'cpu', 'this processor has no instructions for'],
    ['float16 on a processor', { ESPALIER_PRECISION: 'float16' }, 'cpu', 'is for GPUs'],
    ['bfloat16 on a GPU', { ESPALIER_PRECISION: 'bfloat16' }, 'cuda', 'for processors only'],
    ['XLA on a processor', { ESPALIER_XLA: '1' }, 'cpu', 'takes more than twice as long'],
    ['a precision that is none', { ESPALIER_PRECISION: 'float8' }, 'cuda', 'ESPALIER_PRECISION is float8'],
    ['a switch that is none', { ESPALIER_XLA: 'yes' }, 'cuda', 'ESPALIER_XLA is yes'],
  ])('is refused in words: %s', (_name, environment, device, words) => {
    const read = () => readAcceleration(environment, device, OLD);
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_INPUT', hint: expect.any(String) }));
  });
});
