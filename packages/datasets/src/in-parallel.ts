/** How many files are open or being decoded at once: enough to keep a disk and a few threads busy, few enough for memory. */
const atOnce = 16;

/** Told after each file while a dataset is read. What it throws ends the reading: a job that shall stop does not read on. */
export type ReadingListener = (done: number, total: number) => void;

/** `map` of every item, a few at once; the results are in the order of the items. The first failure is thrown, and no further item is begun. */
export async function mapInParallel<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Promise<Result>,
  heard: ReadingListener = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await map(items[index]!, index);
        heard(++done, items.length);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  results.length = items.length;
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
