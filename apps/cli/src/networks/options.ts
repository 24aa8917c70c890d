import type { Command } from 'commander';
import { imageShape, positiveNumber, positiveWholeNumber, wholeNumber } from '../arguments.ts';
import { type NetworkChoices, refuseIdleChoices } from './open.ts';

export const networkArgument = 'a name from the zoo, or a file or folder in any format';

export interface NetworkFlags {
  input?: [number, number, number];
  classes?: number;
  widthMultiplier?: number;
  seed?: number;
}

/** The flags that say which network is meant; those of a zoo architecture are refused for a file. */
export const withNetworkOptions = (command: Command): Command =>
  command
    .option('--input <shape>', 'height x width x channels; a file needs it only where it leaves them open', imageShape)
    .option('--classes <count>', 'for a network of the zoo', positiveWholeNumber)
    .option('--width-multiplier <factor>', 'for a network of the zoo whose widths can be scaled', positiveNumber);

/** The same for commands that need weights as well. */
export const withWeightOptions = (command: Command): Command =>
  withNetworkOptions(command).option('--seed <number>', 'from which weights of a zoo network and random inputs are drawn', wholeNumber, 0);

/** The flags as choices for the networks of these names. Throws BAD_INPUT for a flag that suits none of them. */
export function choicesOf({ input, classes, widthMultiplier, seed }: NetworkFlags, ...names: readonly string[]): NetworkChoices {
  const choices = { input, classes, width: widthMultiplier, seed };
  refuseIdleChoices(names, choices);
  return choices;
}
