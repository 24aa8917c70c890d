import type { DistillationSettings, NetworkData, TrainingSettings } from '@espalier/core';
import { everyBatch, type Dataset } from '@espalier/datasets';
import { compileOrEager, tf } from '@espalier/tensor';
import type { JobContext } from '../context.ts';
import { comparisonOf, type Comparison } from '../steps/example.ts';
import { openTeacher } from '../steps/guidance.ts';
import { memoryBytes, TeacherMemory } from '../steps/teacher-memory.ts';

const bytesPerMebibyte = 2 ** 20;
/** Logits of a million pictures of 60 classes; of CIFAR, also the attention maps. */
const defaultMemoryMiB = 256;

export interface Lesson {
  readonly teacher: { readonly network: NetworkData; readonly settings: DistillationSettings; readonly memoryMiB?: number | undefined };
  readonly network: NetworkData;
  readonly settings: Pick<TrainingSettings, 'augmentation' | 'epochs'>;
  readonly dataset: Dataset;
  /** That of the steps: what is remembered then has their bits. */
  readonly batchSize: number;
}

/**
 * Lets a teacher look once at every picture of the training split, instead of in every step; null where it has to look again and again, as pictures are shown
 * differently each time, or what it makes of them is more than it may remember. Why is told.
 */
export async function rememberTeacher(lesson: Lesson, context: JobContext): Promise<TeacherMemory | null> {
  const { teacher, network, settings, dataset } = lesson;
  // In a single epoch every picture is shown once, or not at all.
  if (settings.epochs === 1) return null;
  const { training } = dataset.splits;
  const changes = changesOf(settings.augmentation);
  if (changes.length > 0) {
    context.info(`the teacher looks at the pictures in every step: augmentation (${changes.join(', ')}) shows them differently each time`);
    return null;
  }
  const comparison = comparisonOf(teacher, network);
  const mebibytes = Math.ceil(memoryBytes(comparison, training.indices.length) / bytesPerMebibyte);
  const { memoryMiB = defaultMemoryMiB } = teacher;
  const what = `what it makes of ${training.indices.length} pictures takes ${mebibytes} MiB`;
  if (mebibytes > memoryMiB) {
    context.info(`the teacher looks at the pictures in every step: ${what}, and it may remember ${memoryMiB} MiB`);
    return null;
  }
  context.info(`the teacher looks at every picture once: ${what}`);
  return lookOnce(lesson, comparison, context);
}

/** The kinds of augmentation that show a picture differently from epoch to epoch. */
const changesOf = ({ padCrop, horizontalFlip, ...others }: TrainingSettings['augmentation']): string[] => [
  ...(padCrop > 0 ? ['padCrop'] : []),
  ...(horizontalFlip ? ['horizontalFlip'] : []),
  ...Object.entries(others).flatMap(([name, settings]) => (settings === undefined ? [] : [name])),
];

async function lookOnce({ teacher, dataset, batchSize }: Lesson, comparison: Comparison, context: JobContext): Promise<TeacherMemory> {
  const { training } = dataset.splits;
  const looking = openTeacher(teacher, comparison);
  const shape: [number, number, number, number] = [batchSize, ...dataset.shape];
  const images = tf.zeros(shape);
  const options = { feeds: { images }, variables: looking.variables };
  const pass = compileOrEager(
    (fed) => looking.look(fed.images),
    options,
    (text) => context.warn(text),
  );
  images.dispose();
  try {
    const memory = new TeacherMemory(comparison, training.indices);
    let lookedAt = 0;
    for await (const batch of everyBatch(dataset, training, batchSize)) {
      const fed = tf.tensor4d(batch.images, shape);
      const seen = pass.run({ images: fed });
      memory.keep(batch.examples, Object.fromEntries(Object.entries(seen).map(([name, part]) => [name, part.dataSync<'float32'>()])));
      tf.dispose([fed, seen]);
      lookedAt += batch.count;
      context.progress('asking the teacher', () => ({ step: lookedAt, steps: training.indices.length }));
      await context.breatheOrStop();
    }
    return memory;
  } finally {
    pass.dispose();
    looking.dispose();
  }
}
