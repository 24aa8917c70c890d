import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '@espalier/core';
import { digestOf, writeFileAtomically } from '@espalier/core/node';
import { z } from 'zod';

/** All that decides what one measurement finds. */
export interface CutKey {
  readonly network: Digest;
  readonly dataset: Digest;
  /** The pictures measured on: split and how many of it. */
  readonly split: string;
  readonly images: number;
  readonly group: string;
  /** The channels that stay: whoever chose them, the finding is the same. */
  readonly keep: readonly number[];
}

/** What silencing channels does to single pictures: how many are right now that were wrong, and the other way round. */
export const CutEffectSchema = z.object({
  examples: z.number().int().positive(),
  correct: z.number().int().nonnegative(),
  gained: z.number().int().nonnegative(),
  lost: z.number().int().nonnegative(),
  /** Mean cross-entropy. */
  loss: z.number(),
});
export type CutEffect = z.infer<typeof CutEffectSchema>;

const EstimateSchema = z.object({ estimate: z.number(), low: z.number(), high: z.number() });
const PrecisionEstimateSchema = z.object({ voc07: EstimateSchema, area: EstimateSchema });

/** What silencing channels does to a detector; what the whole network is worth is decided by the same key. */
export const CutPrecisionSchema = z.object({ meanAveragePrecision: PrecisionEstimateSchema, change: PrecisionEstimateSchema });
export type CutPrecision = z.infer<typeof CutPrecisionSchema>;

/** Findings of earlier measurements, by whoever shares the cache. */
export interface KeptFindings<Finding> {
  get(key: CutKey): Promise<Finding | null>;
  put(key: CutKey, finding: Finding): Promise<void>;
}

export type CutEffects = KeptFindings<CutEffect>;
export type CutPrecisions = KeptFindings<CutPrecision>;

export const effectsInFolder = (folder: string): CutEffects => findingsInFolder(folder, CutEffectSchema);
/** The same of detectors. */
export const precisionsInFolder = (folder: string): CutPrecisions => findingsInFolder(folder, CutPrecisionSchema);

/** One small file for each finding, named by the digest of its key, so that an analysis that was cut short goes on where it was. */
function findingsInFolder<Finding>(folder: string, schema: z.ZodType<Finding>): KeptFindings<Finding> {
  const fileOf = ({ network, dataset, split, images, group, keep }: CutKey): string => {
    const digest = digestOf(JSON.stringify([1, network, dataset, split, images, group, keep]));
    return path.join(folder, digest.slice(0, 2), `${digest}.json`);
  };
  return {
    async get(key) {
      try {
        const parsed = schema.safeParse(JSON.parse(await readFile(fileOf(key), 'utf8')));
        // A file that is not whole or of another version is measured again.
        return parsed.success ? parsed.data : null;
      } catch (error) {
        if (error instanceof SyntaxError || (error instanceof Error && 'code' in error && error.code === 'ENOENT')) return null;
        throw error;
      }
    },
    async put(key, finding) {
      const file = fileOf(key);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFileAtomically(file, JSON.stringify(finding));
    },
  };
}
