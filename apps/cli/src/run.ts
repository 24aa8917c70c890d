import { EspalierError, toWireError } from '@espalier/core';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { commands } from './commands/index.ts';
import { describeOption } from './help.ts';
import { exitCodeOf, done, failed, wronglyUsed } from './exit-code.ts';
import { createOutput, type Output, type OutputStreams } from './output.ts';

/** Does what the arguments ask for, to its end, and returns the exit code. */
export async function run(argv: readonly string[], streams: OutputStreams): Promise<number> {
  const json = argv.includes('--json');
  const output = createOutput(json, streams);
  try {
    await program(output, json, streams).parseAsync(argv, { from: 'user' });
    return output.passed() ? done : failed;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return done;
      if (json) output.error(toWireError(usageError(error)));
      return wronglyUsed;
    }
    if (json) output.error(toWireError(error));
    else if (error instanceof EspalierError) output.note(error.hint === undefined ? error.message : `${error.message}\n${error.hint}`);
    else output.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodeOf(error);
  }
}

const exitCodes = '\nExit codes: 0 done, 1 a check failed or what was asked for can’t be done, 2 wrong usage.';

function program(output: Output, json: boolean, { stdout, stderr }: OutputStreams): Command {
  const jsonOption = ['--json', 'print one JSON object instead of a text'] as const;
  const program = new Command('espalier')
    .description('Make convolutional networks small, without any service.')
    .version(manifest.version)
    .option(...jsonOption)
    .addHelpText('afterAll', exitCodes)
    .configureHelp({ optionDescription: describeOption })
    .showHelpAfterError('(espalier help <command> shows the way)')
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // As JSON an error goes to standard output, where the result would be.
      writeErr: (text) => json || stderr.write(text),
    })
    .exitOverride();
  for (const create of commands)
    program.addCommand(
      create(() => output)
        .option(...jsonOption)
        .copyInheritedSettings(program),
    );
  return program;
}

const usageError = ({ message }: CommanderError): EspalierError =>
  new EspalierError('BAD_INPUT', message.replace(/^error: /, ''), { hint: 'espalier help <command> shows the way.' });
