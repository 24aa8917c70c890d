/** The median of numbers, which are reordered: the mean of the two in the middle where they are even in number, 0 of none. */
export function median(numbers: Float64Array): number {
  if (numbers.length === 0) return 0;
  const middle = numbers.length >> 1;
  const upper = moveToItsPlace(numbers, middle);
  if (numbers.length % 2 === 1) return upper;
  let lower = -Infinity;
  for (let index = 0; index < middle; index++) lower = Math.max(lower, numbers[index]!);
  return (lower + upper) / 2;
}

/** Quickselect (Hoare 1961): reorders so that the number that belongs at `place` is there, with none larger before it. Linear, where sorting is not. */
function moveToItsPlace(numbers: Float64Array, place: number): number {
  let left = 0;
  let right = numbers.length - 1;
  while (left < right) {
    const pivot = numbers[(left + right) >> 1]!;
    let i = left;
    let j = right;
    while (i <= j) {
      while (numbers[i]! < pivot) i++;
      while (numbers[j]! > pivot) j--;
      if (i > j) break;
      const moved = numbers[i]!;
      numbers[i++] = numbers[j]!;
      numbers[j--] = moved;
    }
    if (place <= j) right = j;
    else if (place >= i) left = i;
    else break;
  }
  return numbers[place]!;
}
