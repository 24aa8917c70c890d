/** Rows as text: the first column to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

export const count = (value: number): string => value.toLocaleString('en-US');
export const percent = (ratio: number, digits = 2): string => `${(100 * ratio).toFixed(digits)} %`;
export const kibibytes = (bytes: number): string => `${count(Math.round(bytes / 1024))} KiB`;
