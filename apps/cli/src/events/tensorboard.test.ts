import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tellTensorBoard } from '../../test/curves.ts';
import { temporaryFolder } from '../../test/folder.ts';
import { crc32c } from './crc32c.ts';
import { TensorBoardLog } from './tensorboard.ts';

const at = temporaryFolder();
const fixtures = path.join(import.meta.dirname, '../../fixtures/tensorboard');

/** Of every file in the folders of stages, named without machine and process. */
function eventFiles(folder: string): Record<string, string> {
  const files = readdirSync(folder).flatMap((stage) =>
    readdirSync(path.join(folder, stage)).map((name): [string, string] => [
      path.join(stage, name.split('.').slice(0, 4).join('.')),
      readFileSync(path.join(folder, stage, name)).toString('hex'),
    ]),
  );
  return Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}

describe('TensorBoard’s files', () => {
  // The fixtures were read by TensorBoard itself (fixtures/tensorboard/read.py), which checks every record's checksums.
  it('are, byte for byte, those that TensorBoard was seen to read', () => {
    tellTensorBoard((now) => new TensorBoardLog(at('runs'), now));
    expect(eventFiles(at('runs'))).toEqual(eventFiles(path.join(fixtures, 'runs')));
  });

  it('gave it every point, those that were told anew in place of the old ones', () => {
    const { runs } = JSON.parse(readFileSync(path.join(fixtures, 'seen.json'), 'utf8'));
    const pointsOf = (points: number[][]): number[][] => points.map(([step, value]) => [step!, value!]);
    const float = Math.fround;
    expect(pointsOf(runs.train['train/loss'])).toEqual([
      [10, 0.5],
      [20, 0.25],
      [30, float(1 / 30)],
      [40, float(1 / 40)],
    ]);
    expect(pointsOf(runs.train['train/validation-accuracy'])).toEqual([[40, 0.9375]]);
    expect(pointsOf(runs['retrain-1']['retrain/1/loss'])).toEqual([
      [1, float(1 / 3)],
      [300, -300],
      [301, -301],
    ]);
  });

  it('are refused where nothing can be written', () => {
    expect(() => new TensorBoardLog('/dev/null/curves')).toThrow(expect.objectContaining({ code: 'BAD_INPUT', path: ['tensorboard'] }));
  });
});

describe('CRC-32C', () => {
  // RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms.
  it('has the values of its standard', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});
