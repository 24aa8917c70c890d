import type { Command } from 'commander';
import type { Output } from '../output.ts';
import { compareMethodsCommand } from './compare-methods.ts';
import { compressCommand } from './compress.ts';
import { convertCommand } from './convert.ts';
import { costCommand } from './cost.ts';
import { diffCommand } from './diff.ts';
import { digitsCommand } from './digits.ts';
import { distillCommand } from './distill.ts';
import { doctorCommand } from './doctor.ts';
import { evaluateCommand } from './evaluate.ts';
import { inspectCommand } from './inspect.ts';
import { latencyCommand } from './latency.ts';
import { methodsCommand } from './methods.ts';
import { provenanceCommand } from './provenance.ts';
import { pruneCommand } from './prune.ts';
import { scenesCommand } from './scenes.ts';
import { sensitivityCommand } from './sensitivity.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';
import { zooCommand } from './zoo.ts';

/** Every command, in the order in which the help lists them. */
export const commands: readonly ((output: () => Output) => Command)[] = [
  doctorCommand,
  zooCommand,
  costCommand,
  inspectCommand,
  pruneCommand,
  convertCommand,
  verifyCommand,
  diffCommand,
  latencyCommand,
  digitsCommand,
  scenesCommand,
  trainCommand,
  distillCommand,
  evaluateCommand,
  compressCommand,
  compareMethodsCommand,
  methodsCommand,
  sensitivityCommand,
  provenanceCommand,
];
