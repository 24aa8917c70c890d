import { EspalierError } from '@espalier/core';

/** What trades exactness for speed. Compiled steps alone know it; weights and whatever is saved stay float32. */
export interface Acceleration {
  /** What convolutions and matrix products of a compiled step compute in. */
  readonly precision: 'float32' | 'bfloat16' | 'float16';
  /** Whether TensorFlow's compiler makes kernels of its own for parts of a graph. */
  readonly xla: boolean;
}

const NONE: Acceleration = { precision: 'float32', xla: false };

let current: Acceleration = NONE;
export const acceleration = (): Acceleration => current;
export const setAcceleration = (wanted: Acceleration): void => {
  current = wanted;
};

/**
 * Reads `ESPALIER_PRECISION` (float32, bfloat16, float16) and `ESPALIER_XLA` (0, 1).
 *
 * @param processorFlags what the processor can do, as `/proc/cpuinfo` lists it
 * @throws EspalierError BAD_INPUT for values that are none, and for what the device has no use for
 */
export function readAcceleration(
  environment: Readonly<Record<string, string | undefined>>,
  device: 'cpu' | 'cuda',
  processorFlags: string,
): Acceleration {
  return {
    precision: readPrecision(environment['ESPALIER_PRECISION'], device, processorFlags),
    xla: readXla(environment['ESPALIER_XLA'], device),
  };
}

function readPrecision(text: string | undefined, device: 'cpu' | 'cuda', processorFlags: string): Acceleration['precision'] {
  if (text === undefined || text === '' || text === 'float32') return 'float32';
  if (text !== 'bfloat16' && text !== 'float16') throw refusal('ESPALIER_PRECISION', `is ${text}`, 'Choose float32, bfloat16 or float16.');
  if (device === 'cuda') {
    if (text === 'float16') return text;
    throw refusal('ESPALIER_PRECISION', 'is bfloat16, which TensorFlow puts into graphs for processors only', 'Use float16 on a GPU.');
  }
  if (text === 'float16') throw refusal('ESPALIER_PRECISION', 'is float16, which is for GPUs', 'Use bfloat16 on a processor, or float32.');
  if (/\b(avx512_bf16|amx_bf16|bf16)\b/.test(processorFlags)) return text;
  throw refusal(
    'ESPALIER_PRECISION',
    'is bfloat16, which this processor has no instructions for (avx512_bf16, amx_bf16), so that it would be slower',
    'Leave it at float32.',
  );
}

function readXla(text: string | undefined, device: 'cpu' | 'cuda'): boolean {
  if (text === undefined || text === '' || text === '0') return false;
  if (text !== '1') throw refusal('ESPALIER_XLA', `is ${text}`, 'Choose 0 or 1.');
  if (device === 'cuda') return true;
  throw refusal(
    'ESPALIER_XLA',
    'is 1, but the device is a processor, where a training step takes more than twice as long with XLA as with oneDNN',
    'Leave it at 0.',
  );
}

const refusal = (variable: string, fault: string, hint: string): EspalierError =>
  new EspalierError('BAD_INPUT', `${variable} ${fault}`, { hint, path: [variable] });
