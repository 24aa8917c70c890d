/**
 * How often each number occurs, in the order of first occurrence; `translate` is looked up for each first. Neighbours on a channel axis mostly belong
 * together, so a run of equal numbers is counted before the map is asked.
 */
export function countsOf(numbers: Int32Array, translate?: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  let current = -1;
  let run = 0;
  for (let place = 0; place < numbers.length; place++) {
    const number = translate === undefined ? numbers[place]! : translate[numbers[place]!]!;
    if (number === current) {
      run += 1;
      continue;
    }
    if (run > 0) counts.set(current, (counts.get(current) ?? 0) + run);
    current = number;
    run = 1;
  }
  if (run > 0) counts.set(current, (counts.get(current) ?? 0) + run);
  return counts;
}
