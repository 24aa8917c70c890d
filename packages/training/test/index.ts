export { smallDetector, type DetectorShape } from './detector.ts';
export { learnDetector, type LearntDetector } from './learnt-detector.ts';
