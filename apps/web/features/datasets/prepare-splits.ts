interface Split {
  name: string;
  examples: number;
}

export const totalExamples = (splits: readonly Split[]): number => splits.reduce((sum, { examples }) => sum + examples, 0);

export interface ClassRow {
  label: number;
  name: string;
  /** Examples in each split, in the order of the splits. */
  counts: number[];
  total: number;
  /** Against the most frequent class. */
  share: number;
}

/** How often each class occurs, so that a class that hardly does is seen. */
export function prepareClasses(classes: readonly string[], splits: readonly { perClass: readonly number[] }[]): ClassRow[] {
  const rows = classes.map((name, label) => {
    const counts = splits.map(({ perClass }) => perClass[label] ?? 0);
    return { label, name, counts, total: counts.reduce((sum, count) => sum + count, 0) };
  });
  const most = Math.max(1, ...rows.map(({ total }) => total));
  return rows.map((row) => ({ ...row, share: row.total / most }));
}
