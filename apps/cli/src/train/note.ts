import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { EspalierError, type DistillationSettings, type Recipe } from '@espalier/core';
import { writeFileAtomically } from '@espalier/core/node';
import { makeFolder } from '../places.ts';
import { isBegun, trainingNote } from '../work-folder.ts';

/** What decides what a training comes to. */
export interface TrainingNote {
  readonly recipe: Extract<Recipe, { kind: 'training' }>;
  /** A network of the zoo with its shape and classes, or the digest of a file. */
  readonly network: unknown;
  /** The digest. */
  readonly dataset: string;
  /** What it learns from a teacher, whose digest this is; left out where there is none. */
  readonly distillation?: { readonly teacher: string; readonly settings: DistillationSettings };
}

/**
 * Writes down what a training in `folder` is, which is made if there is none. One that goes on there has to be the same.
 * @throws EspalierError `CONFLICT`, naming what is different.
 */
export async function noteTraining(folder: string, note: TrainingNote): Promise<void> {
  makeFolder(folder, 'out');
  const file = path.join(folder, trainingNote);
  const known = (await isBegun(folder)) ? await readFile(file, 'utf8').catch(() => null) : null;
  const differences = known === null ? [] : differencesBetween(JSON.parse(known), JSON.parse(JSON.stringify(note)));
  if (differences.length > 0) {
    throw new EspalierError('CONFLICT', `the training in ${folder} is another one: ${differences.join('; ')}`, {
      hint: 'Go on with what it was begun with, or begin anew in another folder.',
      path: ['out'],
    });
  }
  await writeFileAtomically(file, `${JSON.stringify(note, null, 2)}\n`);
}

/** `recipe.training.epochs is 10, but was 5`, for every place at which two JSON values differ. */
export function differencesBetween(was: unknown, is: unknown, place = ''): string[] {
  if (isObject(was) && isObject(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    return keys.flatMap((key) => differencesBetween(was[key], is[key], place === '' ? key : `${place}.${key}`));
  }
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
  return [`${place} is ${text(is)}, but was ${text(was)}`];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
