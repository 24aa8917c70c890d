import type { Command } from 'commander';

/** Puts examples under the help of a command: what to type, and what for. */
export function withExamples(command: Command, examples: readonly (readonly [typed: string, purpose: string])[]): Command {
  const width = Math.max(...examples.map(([typed]) => typed.length));
  const lines = examples.map(([typed, purpose]) => `  ${typed.padEnd(width)}   # ${purpose}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}
