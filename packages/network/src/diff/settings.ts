/** A setting of a layer in both networks. */
export interface SettingChange {
  readonly setting: string;
  /** As in the topology, or the default where it is not given; undefined where there is no default. */
  readonly before: unknown;
  readonly after: unknown;
}

type Settings = Readonly<Record<string, unknown>>;

/** What says nothing of what a layer computes once it is trained, or shows in its output's shape. */
const idle =
  /^(name|dtype|dtype_policy|trainable|batch_size|batch_input_shape|batch_shape|noise_shape|sparse|ragged|optional|seed|rate|momentum|renorm|synchronized|.*_(initializer|regularizer|constraint))$/;

/** What Keras and TF.js take where a topology says nothing. */
const defaults: Settings = {
  activation: 'linear',
  use_bias: true,
  padding: 'valid',
  strides: 1,
  dilation_rate: 1,
  groups: 1,
  depth_multiplier: 1,
  data_format: 'channels_last',
  keepdims: false,
  axis: -1,
  epsilon: 1e-3,
  scale: true,
  center: true,
};

function valueOf(settings: Settings, setting: string): unknown {
  const value = settings[setting];
  if (value !== undefined && value !== null) return value;
  return setting === 'strides' && settings['pool_size'] !== undefined ? settings['pool_size'] : defaults[setting];
}

/**
 * The settings that differ in what they mean: `2` is `[2, 2]`, a default is the same whether it is written out or not, and an axis counted from
 * the end is that counted from the start. `rank` is the number of axes of what the layer reads, with that of the batch.
 */
export function changedSettings(before: Settings, after: Settings, rank: number): SettingChange[] {
  const settings = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((setting) => !idle.test(setting));
  return settings
    .map((setting) => ({ setting, before: valueOf(before, setting), after: valueOf(after, setting) }))
    .filter((change) => canonical(change.setting, change.before, rank) !== canonical(change.setting, change.after, rank));
}

/** One text for all ways of writing the same value. */
function canonical(setting: string, value: unknown, rank: number): string {
  if (value === undefined) return 'null';
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const [first] = list;
  const isOneNumber = typeof first === 'number' && (list.length === 1 || (list.length === 2 && list[1] === first));
  if (!isOneNumber) return JSON.stringify(value);
  // Some formats keep such numbers as float32.
  return String(setting === 'axis' && first < 0 ? first + rank : Math.fround(first));
}
