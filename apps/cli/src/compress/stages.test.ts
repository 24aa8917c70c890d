import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Device } from '@espalier/core';
import { digestOf } from '@espalier/core/node';
import { JobContext, type JobOutcome } from '@espalier/training';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/folder.ts';
import { Stages } from './stages.ts';

const at = temporaryFolder();
const device: Device = { backend: 'tensorflow', tensorflow: '2.21.0', device: 'cpu', oneDnn: true, threads: 2, warning: null };

/** One stage, decided by `settings`, in a folder; whether it was done, and what was said of it. */
async function doStage(folder: string, settings: string): Promise<{ done: boolean; said: string[] }> {
  const said: string[] = [];
  const contextFor = () =>
    new JobContext({
      device,
      signal: new AbortController().signal,
      now: () => 0,
      say: (message) => void (message.type === 'log' && said.push(message.line.text)),
    });
  const stages = await Stages.in(at(folder), { seed: 1, resume: true }, { device, contextFor });
  let done = false;
  await stages.do({
    stage: { name: 'analyse', round: 1 },
    decidedBy: settings,
    run: async ({ workDirectory }): Promise<JobOutcome> => {
      done = true;
      const file = path.join(workDirectory, 'plan.json');
      writeFileSync(file, settings);
      const cost = { parameters: 1, macs: 1 };
      return {
        result: { kind: 'analyse', before: cost, predicted: cost, reachedRatio: 0, groups: [] },
        outputs: [{ name: 'plan', path: file, kind: 'pruning-plan', digest: digestOf(settings), bytes: settings.length }],
      };
    },
  });
  return { done, said };
}

describe('a stage that goes on in its folder', () => {
  it('is not done again', async () => {
    expect(await doStage('again', 'one')).toEqual({ done: true, said: [] });
    expect(await doStage('again', 'one')).toEqual({ done: false, said: [] });
  });

  it('is done anew, and says so, when its settings have changed', async () => {
    await doStage('changed', 'one');
    const said = ['what lies here was made with other settings, or from other files: it is done anew'];
    expect(await doStage('changed', 'two')).toEqual({ done: true, said });
  });

  it('is done anew, and names the file, when its file was changed', async () => {
    await doStage('spoilt', 'one');
    writeFileSync(at('spoilt/analyse-1/plan.json'), 'something else');
    const { done, said } = await doStage('spoilt', 'one');
    expect(done).toBe(true);
    expect(said).toEqual([expect.stringMatching(/analyse-1\/plan\.json is not the file that was written: it is done anew$/)]);
  });
});
