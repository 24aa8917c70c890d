import type { JobListener } from '../src/events/listener.ts';

/** Two stages, the second of which went back; the first was stopped after two points and went on. */
export function tellTensorBoard(open: (now: () => Date) => JobListener): void {
  const at = (seconds: number) => (): Date => new Date(1_700_000_000_000 + 1000 * seconds);
  const first = open(at(0));
  const points = (series: string, steps: readonly number[], value: (step: number) => number) =>
    steps.map((step) => ({ type: 'metrics' as const, points: [{ series, step, value: value(step) }] }));
  for (const message of points('train/loss', [10, 20, 30], (step) => 5 / step)) first.hear('train', message);
  const second = open(at(60));
  for (const message of points('train/loss', [30, 40], (step) => 1 / step)) second.hear('train', message);
  second.hear('train', { type: 'metrics', points: [{ series: 'train/validation-accuracy', step: 40, value: 0.9375 }] });
  for (const message of points('retrain/1/loss', [1, 300, 300_000], (step) => step / 3)) second.hear('retrain-1', message);
  for (const message of points('retrain/1/loss', [300, 301], (step) => -step)) second.hear('retrain-1', message);
}
