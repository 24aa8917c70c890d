/** How many classes are found likelier than `label`; of equal ones the first is. What is not a number is likelier than all that is one. */
export function rankOf(label: number, logits: Float32Array): number {
  const own = logits[label]!;
  let rank = 0;
  for (let index = 0; index < logits.length; index++) {
    if (index !== label && !(index < label ? logits[index]! < own : logits[index]! <= own)) rank++;
  }
  return rank;
}

/** log Σ exp(z), shifted by the largest z so that no exponential overflows. */
export function logSumExp(values: Float32Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}
