import type { Generator, CostTarget } from '@espalier/core';
import type { GroupWidths } from '@espalier/network';
import type { z } from 'zod';
import type { NetworkObservation } from './observation/observation.ts';
import type { AccuracySearch } from './search/accuracy.ts';
import type { CollectionSubject, Collector } from './observation/collector.ts';

/** What a method looks at: the weights alone, also the maps that they make of some pictures, or also the gradients of the loss. */
export const observables = ['weights', 'feature-maps', 'gradients'] as const;
export type Observable = (typeof observables)[number];

/** What to keep of one group, and why. */
export interface GroupChoice {
  /** The channels that stay, ascending; exactly as many as the context's width asks for. */
  readonly keep: readonly number[];
  /** One number for each channel, as the method's paper means it. */
  readonly scores?: readonly number[];
  /** One label for each channel; channels with the same label are look-alikes to the method. */
  readonly clusters?: readonly number[];
  /** How the clusters came about: the algorithm and its parameters. Kept in the plan's provenance. */
  readonly clustering?: Clustering;
}

export interface Clustering extends Readonly<Record<string, string | number | boolean>> {
  readonly algorithm: string;
}

/** What may be spent, for methods that decide widths themselves. */
export interface WidthBudget {
  readonly target: CostTarget;
  /** The largest uniform widths that meet the target. */
  readonly uniform: GroupWidths;
  /** The share of the target's measure that is gone at these widths, exactly; groups that are not named stay whole. */
  reachedRatio(widths: GroupWidths): number;
  isMet(widths: GroupWidths): boolean;
  /** The nearest width below, or the least above, that the floor and the multiple allow. */
  allowed(group: { readonly channels: number }, width: number): number;
}

export interface WidthContext<Settings> {
  readonly settings: Settings;
  readonly budget: WidthBudget;
}

export interface SearchContext<Settings> extends WidthContext<Settings> {
  readonly seed: number;
  /** Counted from 1. */
  readonly round: number;
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
  /**
   * The widths of the groups (a group that is not named stays whole), for a method that decides them itself; without it they are the largest uniform
   * ones that meet the target. One whose settings fix the widths need not meet the target: what was reached is said beside what was asked.
   */
  widths?(observation: NetworkObservation, context: WidthContext<z.output<Schema>>): GroupWidths;
  /** For a method that searches by measured accuracy, where its settings ask for it; without the search its plan is that of `widths`. */
  search?(observation: NetworkObservation, context: SearchContext<z.output<Schema>>): AccuracySearch | null;
  /** For a method that needs more than weights: what gathers it. */
  collect?(subject: CollectionSubject, settings: z.output<Schema>): Collector;
  choose(observation: NetworkObservation, context: ChoiceContext<z.output<Schema>>): Readonly<Record<string, GroupChoice>>;
}

type AnySettings = Readonly<Record<string, unknown>>;

/** A method whose settings are checked on the way in, so that methods with different settings fit into one list. */
export interface PruningMethod extends Omit<MethodDefinition<z.ZodObject>, 'widths' | 'search' | 'collect' | 'choose'> {
  /** Null: the method leaves widths to the target. */
  readonly widths: ((observation: NetworkObservation, context: WidthContext<AnySettings>) => GroupWidths) | null;
  /** Null: the method never searches by accuracy. */
  readonly search: ((observation: NetworkObservation, context: SearchContext<AnySettings>) => AccuracySearch | null) | null;
  /** Null: the weights are enough. */
  readonly collect: ((subject: CollectionSubject, settings: AnySettings) => Collector) | null;
  choose(observation: NetworkObservation, context: ChoiceContext<AnySettings>): Readonly<Record<string, GroupChoice>>;
}

export function defineMethod<Schema extends z.ZodObject>(definition: MethodDefinition<Schema>): PruningMethod {
  const { settings: schema, widths, search, collect } = definition;
  return {
    ...definition,
    widths:
      widths === undefined ? null : (observation, context) => widths(observation, { ...context, settings: schema.parse(context.settings) }),
    search:
      search === undefined ? null : (observation, context) => search(observation, { ...context, settings: schema.parse(context.settings) }),
    collect: collect === undefined ? null : (subject, settings) => collect(subject, schema.parse(settings)),
    choose: (observation, context) => definition.choose(observation, { ...context, settings: schema.parse(context.settings) }),
  };
}
