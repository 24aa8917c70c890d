import type { FilterBank } from '../observation/filters.ts';

/** For each channel whether all its filters are exactly zero: it carries nothing and goes before any other. */
export function deadChannels(banks: readonly FilterBank[], { withBias = false }: { readonly withBias?: boolean } = {}): boolean[] {
  return Array.from({ length: banks[0]?.channels ?? 0 }, (_, channel) => banks.every((bank) => isZeroFilter(bank, channel, withBias)));
}

function isZeroFilter({ weights, length, biases }: FilterBank, channel: number, withBias: boolean): boolean {
  if (withBias && biases !== null && biases[channel] !== 0) return false;
  for (let place = channel * length; place < (channel + 1) * length; place++) if (weights[place] !== 0) return false;
  return true;
}
