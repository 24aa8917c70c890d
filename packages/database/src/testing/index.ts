export { Factory, shortTraining, someMeasurement } from './factories.ts';
