import type { Command } from 'commander';
import type { WidthLimits } from '@espalier/network';
import { names, positiveWholeNumber } from '../arguments.ts';

export interface LimitFlags {
  minimumChannels?: number;
  channelMultiple?: number;
  groups?: string[];
}

/** The flags that say how narrow groups may become, and which of them. */
export const withLimitOptions = (command: Command): Command =>
  command
    .option('--minimum-channels <count>', 'no group becomes narrower than this', positiveWholeNumber)
    .option('--channel-multiple <count>', 'widths are multiples of this', positiveWholeNumber)
    .option('--groups <ids>', 'only these dependency groups, their ids separated by commas', names);

export const limitsOf = ({ minimumChannels, channelMultiple, groups }: LimitFlags): WidthLimits => ({
  minimumChannels,
  channelMultiple,
  groups,
});
