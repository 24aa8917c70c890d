import { badNetwork, unsupportedLayer } from './faults.ts';

/** A layer as far as its settings go. */
export interface ConfiguredLayer {
  readonly layer: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The setting `key`, which the canonical topology writes in snake_case; a camelCase one is named as what it is. */
function setting({ layer, config }: ConfiguredLayer, key: string): unknown {
  const value = config[key];
  if (value !== undefined) return value;
  const camelCase = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (camelCase !== key && config[camelCase] !== undefined)
    throw badNetwork(layer, `the setting ${camelCase} is in camelCase`, `Write the topology as a saved model.json has it, with ${key}.`);
  return undefined;
}

export function integerSetting(
  layer: ConfiguredLayer,
  key: string,
  { minimum = 1, fallback }: { minimum?: number; fallback?: number } = {},
): number {
  const value = setting(layer, key) ?? fallback;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum)
    throw badNetwork(layer.layer, `${key} must be a whole number of at least ${minimum}, but is ${JSON.stringify(value)}`);
  return value;
}

/** A number, or a pair [along the height, along the width]: `2` means `[2, 2]`. */
export function pairSetting(layer: ConfiguredLayer, key: string, fallback?: readonly [number, number]): readonly [number, number] {
  const value = setting(layer, key) ?? fallback;
  const pair: unknown[] = Array.isArray(value) ? value : [value, value];
  const [height, width] = pair;
  if (pair.length !== 2 || !isCount(height) || !isCount(width))
    throw badNetwork(layer.layer, `${key} must be one or two whole numbers of at least 1, but is ${JSON.stringify(value)}`);
  return [height, width];
}

export function booleanSetting(layer: ConfiguredLayer, key: string, fallback: boolean): boolean {
  const value = setting(layer, key) ?? fallback;
  if (typeof value !== 'boolean') throw badNetwork(layer.layer, `${key} must be true or false, but is ${JSON.stringify(value)}`);
  return value;
}

export function textSetting<Choice extends string>(
  layer: ConfiguredLayer,
  key: string,
  choices: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = setting(layer, key) ?? fallback;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw unsupportedLayer(layer.layer, `${key} is ${JSON.stringify(value)}`, `Use one of ${choices.join(', ')}.`);
  return choice;
}

/** Whole numbers, of which −1 and null stand for "whatever is left". */
export function listSetting(layer: ConfiguredLayer, key: string): readonly (number | null)[] {
  const value = setting(layer, key);
  if (!Array.isArray(value) || !value.every((entry) => entry === null || (Number.isSafeInteger(entry) && entry >= -1)))
    throw badNetwork(layer.layer, `${key} must be a list of whole numbers, but is ${JSON.stringify(value)}`);
  return value;
}

/** [[top, bottom], [left, right]], from one number, a pair (height, width), or both pairs. */
export function marginsSetting(layer: ConfiguredLayer, key: string): readonly [readonly [number, number], readonly [number, number]] {
  const value = setting(layer, key) ?? 1;
  const [height, width]: unknown[] = Array.isArray(value) ? value : [value, value];
  const margins = [height, width].map((side): unknown[] => (Array.isArray(side) ? side : [side, side]));
  const [vertical, horizontal] = margins;
  if (!isMargin(vertical) || !isMargin(horizontal))
    throw badNetwork(layer.layer, `${key} must hold whole numbers of at least 0, but is ${JSON.stringify(value)}`);
  return [vertical, horizontal];
}

/** An axis, counted from the end when negative, as an index into the shape without its batch axis. */
export function axisSetting(layer: ConfiguredLayer, key: string, rank: number): number {
  const value = setting(layer, key) ?? -1;
  const axis: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof axis !== 'number' || !Number.isSafeInteger(axis) || axis === 0 || axis > rank || axis < -rank)
    throw badNetwork(layer.layer, `${key} ${JSON.stringify(value)} is not an axis of a tensor with ${rank} axes besides the batch`);
  return axis < 0 ? axis + rank : axis - 1;
}

export function refuseChannelsFirst(layer: ConfiguredLayer): void {
  const format = setting(layer, 'data_format') ?? 'channels_last';
  if (format !== 'channels_last')
    throw unsupportedLayer(layer.layer, `data_format is ${JSON.stringify(format)}`, 'Export the network with channels last (NHWC).');
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;
const isMargin = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every((side) => Number.isSafeInteger(side) && side >= 0);
