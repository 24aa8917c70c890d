import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Reporter, type Report } from './reporter.ts';

function reporter(write: (report: Report) => Promise<void>) {
  const failures: unknown[] = [];
  return { failures, reporter: new Reporter({ write, onFailure: (error) => failures.push(error), everyMs: 5 }) };
}

const point = (step: number) => ({ series: 'train/loss', step, value: 1 / step });

describe('a reporter', () => {
  it('writes every point once and in order, and of progress only the newest', async () => {
    const written: Report[] = [];
    let writing = 0;
    const { reporter: gather } = reporter(async (report) => {
      writing += 1;
      expect(writing).toBe(1);
      await sleep(3);
      written.push(report);
      writing -= 1;
    });
    for (let step = 1; step <= 50; step++) {
      gather.points([point(step)]);
      gather.progress({ phase: 'training', step });
      await sleep(1);
    }
    await gather.close();
    expect(written.flatMap(({ points }) => points.map(({ step }) => step))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(written.at(-1)?.progress).toEqual({ phase: 'training', step: 50 });
    expect(written.length).toBeLessThan(50);
  });

  it('tells of the first failure and writes nothing after it', async () => {
    let writes = 0;
    const { failures, reporter: gather } = reporter(async () => {
      writes += 1;
      throw new Error('stale');
    });
    gather.points([point(1)]);
    await sleep(20);
    gather.points([point(2)]);
    await gather.close();
    expect([writes, failures]).toEqual([1, [new Error('stale')]]);
  });

  it('shortens long lines and counts the ones that a flood leaves out', async () => {
    const written: Report[] = [];
    const { reporter: gather } = reporter(async (report) => void written.push(report));
    gather.line({ level: 'info', text: 'x'.repeat(5000) });
    for (let line = 0; line < 999; line++) gather.line({ level: 'info', text: `line ${line}` });
    await gather.close();
    const lines = written.flatMap((report) => report.lines);
    expect(lines[0]?.text).toHaveLength(4000);
    expect(lines).toHaveLength(201);
    expect(lines.at(-1)?.text).toBe('800 more lines were left out here.');
  });
});
