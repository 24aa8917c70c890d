import { EspalierError, type DistillationSettings, type NetworkData } from '@espalier/core';
import { readGraph, shapeText } from '@espalier/network';
import type { tf } from '@espalier/tensor';
import type { TargetShape } from './objective.ts';
import { attentionPoints, hintPoints, type Point } from './points.ts';

/** Where teacher and student are compared besides their logits. */
export interface Comparison {
  readonly classes: number;
  readonly attention: readonly Point[];
  readonly hints: readonly Point[];
}

/** @throws EspalierError BAD_RECIPE for networks that are no classifiers of the same classes, and for layers that can not be compared. */
export function comparisonOf(
  { network, settings }: { readonly network: NetworkData; readonly settings: DistillationSettings },
  student: NetworkData,
): Comparison {
  const [theirs, ours] = [outputShapes(network), outputShapes(student)];
  if (theirs.join() !== ours.join() || ours.length !== 1 || ours[0]!.length !== 1) {
    const [teacherGives, studentGives] = [theirs, ours].map((shapes) => shapes.map(shapeText).join(' and '));
    const fault = `the student gives ${studentGives} and the teacher ${teacherGives}, but distillation compares the logits of classifiers`;
    throw new EspalierError('BAD_RECIPE', fault, {
      hint: 'Take a teacher with one output for each of the same classes.',
      path: ['distillation'],
    });
  }
  return {
    classes: ours[0]![0]!,
    attention: attentionPoints(settings, network, student),
    hints: hintPoints(settings, network, student),
  };
}

function outputShapes({ topology }: NetworkData): (readonly number[])[] {
  const { nodes, outputs } = readGraph(topology);
  return outputs.map((index) => nodes[index]!.outputShape);
}

/**
 * What a student gets to see of its teacher for a batch, by name: `teacher/logits`, `teacher/attention/k` for each point of attention and
 * `teacher/hint/k` for each of the hints.
 */
export type Example = Readonly<Record<string, tf.Tensor>>;

export const logitsName = 'teacher/logits';
export const attentionName = (index: number): string => `teacher/attention/${index}`;
export const hintName = (index: number): string => `teacher/hint/${index}`;

/** The tensors of an example, for so many pictures. */
export function exampleShapes({ classes, attention, hints }: Comparison, batchSize: number): Record<string, TargetShape> {
  const float = (shape: readonly number[]): TargetShape => ({ shape: [batchSize, ...shape], dtype: 'float32' });
  return {
    [logitsName]: float([classes]),
    ...Object.fromEntries(attention.map(({ height, width }, index) => [attentionName(index), float([height * width])])),
    ...Object.fromEntries(
      hints.map(({ height, width, teacherChannels }, index) => [hintName(index), float([height, width, teacherChannels])]),
    ),
  };
}
