import { EspalierError, toWireError } from '@espalier/core';
import { Command, CommanderError } from 'commander';
import { compressCommand } from './commands/compress.ts';
import { costCommand } from './commands/cost.ts';
import { digitsCommand } from './commands/digits.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { methodsCommand } from './commands/methods.ts';
import { provenanceCommand } from './commands/provenance.ts';
import { trainCommand } from './commands/train.ts';
import { zooCommand } from './commands/zoo.ts';
import { createOutput } from './output.ts';

const commands = [
  doctorCommand,
  digitsCommand,
  zooCommand,
  costCommand,
  trainCommand,
  evaluateCommand,
  compressCommand,
  methodsCommand,
  provenanceCommand,
];

/** Exit codes: 0 done, 1 failed, 2 used wrongly. */
async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const output = createOutput(json);
  const program = new Command('espalier')
    .description('Make convolutional networks small, without any service.')
    .option('--json', 'print one JSON object instead of a text')
    .showHelpAfterError('(espalier help <command> shows the way)')
    .exitOverride();
  for (const create of commands) {
    const command = create(() => output).option('--json', 'print one JSON object instead of a text');
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (json) console.log(JSON.stringify({ error: toWireError(error) }));
    else if (error instanceof EspalierError) console.error(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
    else console.error(error);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
