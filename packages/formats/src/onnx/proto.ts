export * from './model.ts';
export { decodeModel } from './decode-model.ts';
export { encodeModel, type OnnxModelSource, type OnnxTensorSource } from './encode-model.ts';
export { tensorFloats, tensorNumbers } from './tensor-values.ts';
