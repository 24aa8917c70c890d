import { badInput, EspalierError, type MethodChoice } from '@espalier/core';
import { z } from 'zod';
import type { Observable, PruningMethod } from './method.ts';
import { methods } from './methods/index.ts';

/** A method as a form or a list shows it. Plain JSON. */
export interface MethodDescription {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly summary: string;
  readonly observes: Observable;
  /** JSON Schema of the settings. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly presets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every method there is, in the order in which they are shown. */
export const catalogue: readonly MethodDescription[] = methods.map(
  ({ name, title, paper, summary, observes, settings, presets }): MethodDescription => ({
    name,
    title,
    paper,
    summary,
    observes,
    settings: { ...z.toJSONSchema(settings, { io: 'input' }) },
    defaults: settings.parse({}),
    presets: Object.fromEntries(Object.entries(presets).map(([preset, given]) => [preset, settings.parse(given)])),
  }),
);

/** Throws BAD_RECIPE, listing the names there are. */
export function methodNamed(name: string): PruningMethod {
  const method = methods.find((candidate) => candidate.name === name);
  if (method !== undefined) return method;
  throw new EspalierError('BAD_RECIPE', `there is no pruning method named ${JSON.stringify(name)}`, {
    hint: `Choose one of ${methods.map((known) => known.name).join(', ')}.`,
    path: ['method', 'name'],
  });
}

/** The choice with every default of its method written out. Throws BAD_RECIPE naming the method or setting that is wrong. */
export function completeMethodChoice({ name, settings }: MethodChoice): MethodChoice {
  const parsed = methodNamed(name).settings.safeParse(settings);
  if (parsed.success) return { name, settings: parsed.data };
  const fault = badInput(
    'BAD_RECIPE',
    `settings of the method ${name}`,
    parsed.error,
    `Run with the settings that ${name} has, or leave them out.`,
  );
  throw new EspalierError(fault.code, fault.message, {
    hint: fault.hint,
    path: ['method', 'settings', ...fault.path],
    cause: parsed.error,
  });
}

/** A method with the settings of one of its presets; without one, its defaults. Throws BAD_RECIPE for a method or preset that there is not. */
export function methodWithPreset(name: string, preset?: string): MethodChoice {
  const { presets } = methodNamed(name);
  if (preset === undefined) return completeMethodChoice({ name, settings: {} });
  const settings = presets[preset];
  if (settings !== undefined) return completeMethodChoice({ name, settings });
  const known = Object.keys(presets);
  throw new EspalierError('BAD_RECIPE', `the method ${name} has no preset ${preset}`, {
    hint: known.length === 0 ? 'It has none: leave the preset out.' : `Choose one of ${known.join(', ')}, or leave the preset out.`,
    path: ['method', 'preset'],
  });
}
