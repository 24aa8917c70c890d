/** Rows as text: columns of numbers to the right, all others to the left. A cell that is not there is empty. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    return {
      width: Math.max(title.length, ...cells.map(({ length }) => length)),
      isNumeric: cells.every((cell) => /^([-−+]?\d.*)?$/.test(cell)),
    };
  });
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ width, isNumeric }, column) => {
        const cell = cells[column] ?? '';
        return isNumeric ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), columns.map(({ width }) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

export const count = (value: number): string => value.toLocaleString('en-US');
export const percent = (ratio: number, digits = 2): string => `${(100 * ratio).toFixed(digits)} %`;

/** What became of a quantity, as a share of what it was: `−50.0 %`; empty where there is nothing to compare. */
export function percentChange(before: number | null, after: number | null): string {
  if (before === null || after === null || before === after) return '';
  if (before === 0) return 'new';
  const change = (100 * (after - before)) / before;
  return `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(1)} %`;
}
