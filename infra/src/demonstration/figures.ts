/** Numbers as a person reads them. */

export const percent = (share: number, digits = 2): string => `${(share * 100).toFixed(digits)} %`;

/** A change with its sign; U+2212 is the minus of the same width as the plus. */
export const signed = (value: number, digits: number): string => `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(digits)}`;

export const grouped = (count: number): string => new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(count);

export function scaled(value: number, unit: string): string {
  const [factor, prefix] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'k'] : [1, ''];
  return `${(value / factor).toFixed(factor === 1 ? 0 : 2)} ${prefix}${unit}`.trimEnd();
}

export const milliseconds = (ms: number): string => `${ms.toFixed(2)} ms`;

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
