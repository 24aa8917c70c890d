import { expect, it } from 'vitest';
import { measurementTable } from './measurements.ts';

const standing = { accuracy: 0.9, loss: 0.25, parameters: 1000, macs: 2000, bytes: 4096 };
const latency = { runtime: 'ONNX Runtime 1.30.0', batchSize: 1, threads: 1, samples: 9, medianMs: 2, lowMs: 1.5, highMs: 2.5 };

it('has a column of latencies only where one was taken', () => {
  expect(measurementTable({ before: standing, after: standing })).not.toContain('latency');
  const timed = measurementTable({ before: { ...standing, latency }, cut: standing });
  expect(timed).toContain('latency');
  expect(timed).toContain('2.00 ms (1.50 to 2.50)');
});
