import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { Command } from 'commander';
import { withExamples } from '../help.ts';
import type { Output } from '../output.ts';

const gibibyte = 1024 ** 3;

export const doctorCommand = (output: () => Output): Command =>
  withExamples(
    new Command('doctor').description('say what this machine computes with').action(async () => {
      const { describeBackend } = await import('@espalier/tensor');
      const [{ device, library, binding }, disk] = await Promise.all([describeBackend(), statfs('.')]);
      const findings = {
        ...device,
        library,
        binding,
        node: process.versions.node,
        processor: os.cpus()[0]?.model.trim() ?? 'unknown',
        cores: os.availableParallelism(),
        memoryBytes: os.totalmem(),
        freeMemoryBytes: os.freemem(),
        freeDiskBytes: disk.bavail * disk.bsize,
      };
      const lines: [string, string][] = [
        [
          'backend',
          device.backend === 'tensorflow' ? `TensorFlow ${device.tensorflow}, its own library` : `TensorFlow.js, ${device.backend}`,
        ],
        ['device', device.device === 'cuda' ? 'GPU (CUDA)' : 'CPU'],
        ['oneDNN', device.oneDnn ? 'on' : 'off'],
        ['threads', String(device.threads)],
        ['library', library ?? 'none'],
        ['binding', binding ?? 'none'],
        ['Node', findings.node],
        ['processor', `${findings.processor}, ${findings.cores} cores`],
        ['memory', `${inGibibytes(findings.freeMemoryBytes)} free of ${inGibibytes(findings.memoryBytes)}`],
        ['disk', `${inGibibytes(findings.freeDiskBytes)} free here`],
      ];
      const text = lines.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n');
      output().result(findings, device.warning === null ? text : `${text}\n\nwarning: ${device.warning}`);
    }),
    [
      ['espalier doctor', 'backend, device, threads, memory'],
      ['espalier doctor --json', 'the same for a program'],
    ],
  );

const inGibibytes = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`;
