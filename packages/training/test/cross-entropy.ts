/** The mean cross-entropy of logits [batch, classes], in double precision. */
export function crossEntropyOf(logits: Float32Array, labels: Int32Array, classes: number): number {
  let sum = 0;
  labels.forEach((label, example) => {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    const largest = Math.max(...row);
    sum += largest + Math.log(row.reduce((total, value) => total + Math.exp(value - largest), 0)) - row[label]!;
  });
  return sum / labels.length;
}
