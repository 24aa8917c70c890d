import type { KerasLayer } from '../model.ts';

/**
 * The group of each layer's variables in `model.weights.h5`, for layers in the order in which Keras lists them: its type in snake case, with a
 * number from the second of a type on (`saving_lib._save_container_state`). A sequential model does not list its input. `within` is the group of the
 * model itself, empty for the outermost.
 */
export function variableGroups(layers: readonly KerasLayer[], isSequential: boolean, within = ''): ReadonlyMap<string, string> {
  const used = new Map<string, number>();
  const groups = new Map<string, string>();
  for (const { name, type, isOperation } of layers) {
    if (isOperation || (isSequential && type === 'InputLayer')) continue;
    const snake = snakeCase(type);
    const count = used.get(snake) ?? 0;
    used.set(snake, count + 1);
    groups.set(name, `${within}layers/${count === 0 ? snake : `${snake}_${count}`}/vars`);
  }
  return groups;
}

/** As `keras.utils.naming.to_snake_case`: `Conv2D` is `conv2d`, `ReLU` is `re_lu`. */
export const snakeCase = (type: string): string =>
  type
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
