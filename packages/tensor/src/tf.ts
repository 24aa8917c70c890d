/** TensorFlow.js, the one way to it in this repository: types and values under the name its documentation uses. */
export * as tf from '@tensorflow/tfjs';
