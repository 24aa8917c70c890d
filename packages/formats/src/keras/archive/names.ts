export const configFile = 'config.json';
export const weightsFile = 'model.weights.h5';
