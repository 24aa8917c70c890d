import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { EspalierError } from '@espalier/core';
import { describe, expect, it } from 'vitest';
import { espalierInside } from '../test/espalier.ts';
import { temporaryFolder } from '../test/folder.ts';
import { EventLog } from './events/event-log.ts';
import { checkFile, checkFolder, makeFolder } from './places.ts';

const at = temporaryFolder();
writeFileSync(at('file'), 'what lies there');
const belowFile = at('file/below/it');
const unwritable = [
  { place: belowFile, reason: `${at('file')} is not a folder (ENOTDIR)`, isHere: true },
  // Node's own recursive mkdir never comes back from there.
  { place: '/proc/espalier/out', reason: 'nothing can be made in /proc (ENOENT)', isHere: process.platform === 'linux' },
];

const thrownBy = (work: () => void): EspalierError | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof EspalierError) return error;
    throw error;
  }
};

describe('a place to write in', () => {
  it('is made with all folders above it, and found when it is there', () => {
    makeFolder(at('one/two/three'), 'out');
    writeFileSync(at('one/two/three/kept'), '');
    makeFolder(at('one/two/three'), 'out');
    expect(readdirSync(at('one/two/three'))).toEqual(['kept']);
  });

  it('is left as it was by a check', () => {
    mkdirSync(at('there'));
    checkFolder(at('there/is/nothing/yet'), 'out');
    checkFile(at('there/file'), 'html');
    expect(readdirSync(at('there'))).toEqual([]);
  });

  it.each(unwritable.filter(({ isHere }) => isHere))('is refused at $place, with the reason', ({ place, reason }) => {
    expect(thrownBy(() => makeFolder(place, 'out'))).toMatchObject({
      code: 'BAD_INPUT',
      message: `the folder ${place} can't be written: ${reason}`,
      path: ['out'],
    });
  });

  it('is refused where a file lies, or a link to nothing', () => {
    expect(thrownBy(() => checkFolder(at('file'), 'out'))?.message).toContain(`${at('file')} is not a folder (EEXIST)`);
    symlinkSync(at('nowhere'), at('link'));
    expect(thrownBy(() => checkFolder(at('link'), 'out'))?.message).toContain(`${at('link')} is not a folder (EEXIST)`);
    expect(readFileSync(at('file'), 'utf8')).toBe('what lies there');
  });

  it.each([at('.'), '/dev/null'])('is refused for a file that would take the place of %s', (place) => {
    expect(thrownBy(() => checkFile(place, 'html'))).toMatchObject({ code: 'BAD_INPUT', path: ['html'] });
  });

  it.skipIf(process.getuid?.() === 0)('is refused where writing is not allowed, and no folder stays behind', () => {
    mkdirSync(at('locked'));
    chmodSync(at('locked'), 0o500);
    expect(thrownBy(() => checkFolder(at('locked'), 'out'))?.message).toContain(`writing in ${at('locked')} is not allowed (EACCES)`);
    expect(thrownBy(() => checkFolder(at('locked/new'), 'out'))?.message).toContain(`writing in ${at('locked')} is not allowed (EACCES)`);
  });
});

it.runIf(process.platform === 'linux')('events go to a descriptor that was given, in a folder where no file can be made', () => {
  const descriptor = openSync(at('events.jsonl'), 'w');
  EventLog.open(`/dev/fd/${descriptor}`).ended(null);
  expect(readFileSync(at('events.jsonl'), 'utf8')).toMatch(/"type":"done"/);
});

/** Whatever else is wrong with them, such as files that are not there: the place comes first, or at least nothing is computed before. */
const writing = [
  { option: 'out', args: ['prune', 'resnet20', '--ratio', '0.5', '--out'] },
  { option: 'out', args: ['convert', 'resnet20'] },
  { option: 'html', args: ['diff', 'resnet20', 'resnet20', '--html'] },
  { option: 'out', args: ['digits', '--out'] },
  { option: 'out', args: ['scenes', '--out'] },
  { option: 'out', args: ['train', '--network', 'resnet20', '--dataset', 'none', '--epochs', '1', '--learning-rate', '0.1', '--out'] },
  {
    option: 'out',
    args: [
      'distill',
      '--teacher',
      'none',
      '--network',
      'resnet20',
      '--dataset',
      'none',
      '--epochs',
      '1',
      '--learning-rate',
      '0.1',
      '--out',
    ],
  },
  { option: 'out', args: ['compress', '--model', 'none', '--dataset', 'none', '--out'] },
  { option: 'out', args: ['compare-methods', '--networks', 'none', '--dataset', 'none', '--out'] },
  { option: 'cache', args: ['sensitivity', '--model', 'none', '--dataset', 'none', '--cache'] },
];

/** What is loaded before the first refusal takes seconds on a busy machine. */
describe.each(writing)('espalier $args.0', { timeout: 240_000 }, ({ option, args }) => {
  it.each(unwritable.filter(({ isHere }) => isHere))('refuses to write to $place before anything is done', async ({ place, reason }) => {
    const { code, stdout } = await espalierInside(...args, option === 'html' ? `${place}/page.html` : place, '--json');
    expect({ code, ...JSON.parse(stdout).error }).toMatchObject({
      code: 'BAD_INPUT',
      path: [option],
      message: expect.stringContaining(reason) as string,
    });
    expect(code).toBe(2);
    expect(existsSync(place)).toBe(false);
  });
});
