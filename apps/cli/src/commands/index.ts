import type { Command } from 'commander';
import type { Output } from '../output.ts';
import { compressCommand } from './compress.ts';
import { costCommand } from './cost.ts';
import { digitsCommand } from './digits.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { inspectCommand } from './inspect.ts';
import { methodsCommand } from './methods.ts';
import { provenanceCommand } from './provenance.ts';
import { trainCommand } from './train.ts';
import { zooCommand } from './zoo.ts';

/** Every command, in the order in which the help lists them. */
export const commands: readonly ((output: () => Output) => Command)[] = [
  doctorCommand,
  zooCommand,
  costCommand,
  inspectCommand,
  digitsCommand,
  trainCommand,
  evaluateCommand,
  compressCommand,
  methodsCommand,
  provenanceCommand,
];
