export { createRecordActivities, type RecordActivities } from './records.ts';
export { createTrainerActivities, type TrainerActivities } from './trainers.ts';
export type { RecordDependencies, TrainerDependencies, TrainerLimits } from './dependencies.ts';
export type { TrainerCommand } from './trainer-process.ts';
