/** Rows as text: columns of numbers to the right, all others to the left. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = header.map((title, column) => {
    const cells = rows.map((row) => row[column] ?? '');
    return {
      width: Math.max(title.length, ...cells.map(({ length }) => length)),
      isNumeric: cells.every((cell) => /^(\d.*)?$/.test(cell)),
    };
  });
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ width, isNumeric }, column) => (isNumeric ? cells[column]!.padStart(width) : cells[column]!.padEnd(width)))
      .join('  ')
      .trimEnd();
  return [line(header), columns.map(({ width }) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

export const count = (value: number): string => value.toLocaleString('en-US');
export const percent = (ratio: number, digits = 2): string => `${(100 * ratio).toFixed(digits)} %`;
export const kibibytes = (bytes: number): string => `${count(Math.round(bytes / 1024))} KiB`;
