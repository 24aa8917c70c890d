import { Help, type Command, type Option } from 'commander';

/** Puts examples under the help of a command: what to type, and what for. */
export function withExamples(command: Command, examples: readonly (readonly [typed: string, purpose: string])[]): Command {
  const width = Math.max(...examples.map(([typed]) => typed.length));
  const lines = examples.map(([typed, purpose]) => `  ${typed.padEnd(width)}   # ${purpose}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** As commander describes an option, and whether it has to be there, which the usage above the options does not tell. */
export function describeOption(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory ? `${text} (required)` : text;
}
