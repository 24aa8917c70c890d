import type { Generator } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { z } from 'zod';
import type { NetworkObservation } from './observation/observation.ts';

/** What a method looks at: the weights alone, or also the maps that they make of some pictures. */
export const observables = ['weights', 'feature-maps'] as const;
export type Observable = (typeof observables)[number];

/** What to keep of one group, and why. */
export interface GroupChoice {
  /** The channels that stay, ascending; exactly as many as the context's width asks for. */
  readonly keep: readonly number[];
  /** One number for each channel, as the method's paper means it. */
  readonly scores?: readonly number[];
  /** One label for each channel; channels with the same label are look-alikes to the method. */
  readonly clusters?: readonly number[];
}

export interface ChoiceContext<Settings> {
  readonly settings: Settings;
  /** How many channels of each group to keep. */
  readonly widths: GroupWidths;
  /** The only source of randomness, split by purpose: `generator('exp_stem', 3)` for the third bin of a group. */
  generator(...purpose: readonly (string | number)[]): Generator;
}

/**
 * A pruning method as its paper describes it. It sees dependency groups, never layers, so it knows nothing of shortcuts. `choose` is a pure
 * function of what was observed, the widths and the seed: whoever searches for widths (or for settings) calls it as often as it likes.
 */
export interface MethodDefinition<Schema extends z.ZodObject> {
  /** The name in recipes. */
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  /** What it does, in one or two sentences. */
  readonly summary: string;
  readonly observes: Observable;
  /** Every setting has a default: the recommended one. */
  readonly settings: Schema;
  /** Named settings besides the defaults, such as `paper`: what the authors' code does. */
  readonly presets: Readonly<Record<string, z.input<Schema>>>;
  choose(observation: NetworkObservation, context: ChoiceContext<z.output<Schema>>): Readonly<Record<string, GroupChoice>>;
}

/** A method whose settings are checked on the way in, so that methods with different settings fit into one list. */
export interface PruningMethod extends Omit<MethodDefinition<z.ZodObject>, 'choose'> {
  choose(observation: NetworkObservation, context: ChoiceContext<Readonly<Record<string, unknown>>>): Readonly<Record<string, GroupChoice>>;
}

export function defineMethod<Schema extends z.ZodObject>(definition: MethodDefinition<Schema>): PruningMethod {
  return {
    ...definition,
    choose: (observation, context) => definition.choose(observation, { ...context, settings: definition.settings.parse(context.settings) }),
  };
}
