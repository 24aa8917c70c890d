/** A Markdown table; the first column is text, the others are aligned as numbers. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}

/** Milliseconds with as many digits as mean something. */
export const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));

export const ratio = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ×`;
