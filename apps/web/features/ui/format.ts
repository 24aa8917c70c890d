/** How quantities are written everywhere in the portal. All numbers are in English notation with U+2212 as minus. */

const nbsp = '\u00a0';
const minus = '\u2212';
export const missing = '\u2013';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

function withMinus(text: string): string {
  return text.replace('-', minus);
}

/** Three significant digits, never an exponent: 40.6, 0.27, 1,234. */
function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return grouped.format(value);
  return new Intl.NumberFormat('en-US', { minimumSignificantDigits: 3, maximumSignificantDigits: 3 }).format(value);
}

function scaled(value: number, prefixes: readonly (readonly [number, string])[], unit: string): string {
  for (const [size, prefix] of prefixes) {
    // 999,950 is 1.00 M, not 1,000 k.
    if (Math.abs(value) >= size * 0.9995) return withMinus(`${threeDigits(value / size)}${nbsp}${prefix}${unit}`);
  }
  return withMinus(`${grouped.format(value)}${unit ? nbsp + unit : ''}`);
}

const decimalPrefixes = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A score of any size, four significant digits: 0.1235, −1.000e−7. */
export const formatDecimal = (value: number): string => value.toPrecision(4).replaceAll('-', minus);

export const formatCount = (value: number): string => withMinus(grouped.format(value));
/** Multiply-accumulates of one image, or a number of parameters: 40.6 M. */
export const formatQuantity = (value: number): string => scaled(value, decimalPrefixes, '');
/** Decimal units: 1 kB is 1000 bytes. */
export const formatBytes = (value: number): string => scaled(value, decimalPrefixes, 'B');

/** A share in 0 to 1 as a percentage: 0.9735 is 97.35 %. */
export function formatShare(share: number, fractionDigits = 2): string {
  return withMinus(`${(share * 100).toFixed(fractionDigits)}${nbsp}%`);
}

/** The change from one quantity to another: −50.1 %. */
export function formatRelativeChange(before: number, after: number): string {
  if (before === 0) return missing;
  return signed((after / before - 1) * 100, 1, '%');
}

/** The change of a share in percentage points: −0.42 pt. */
export const formatPoints = (before: number, after: number): string => signed((after - before) * 100, 2, 'pt');

function signed(value: number, fractionDigits: number, unit: string): string {
  const text = Math.abs(value).toFixed(fractionDigits);
  const sign = Number(text) === 0 ? '±' : value < 0 ? minus : '+';
  return `${sign}${text}${nbsp}${unit}`;
}

export const formatMs = (value: number): string => `${threeDigits(value)}${nbsp}ms`;
export const formatRate = (imagesPerSecond: number): string => `${threeDigits(imagesPerSecond)}${nbsp}images/s`;

/** 45 s, 3 min 20 s, 1 h 05 min, 2 d 3 h: two units at most, as a person would say it. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds}${nbsp}s`;
  if (hours === 0) return `${minutes}${nbsp}min ${pad(seconds % 60)}${nbsp}s`;
  if (hours < 24) return `${hours}${nbsp}h ${pad(minutes % 60)}${nbsp}min`;
  return `${Math.floor(hours / 24)}${nbsp}d ${hours % 24}${nbsp}h`;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** just now, 4 min ago, 3 h ago, 2 d ago. */
export function formatAgo(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes}${nbsp}min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)}${nbsp}h ago`;
  return `${Math.floor(minutes / (24 * 60))}${nbsp}d ago`;
}

/** The value of a curve, precise enough to see it move: 0.0421, 1.23, 1.2e-5. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return withMinus(size < 1e-3 || size >= 1e6 ? value.toExponential(1) : value.toPrecision(3));
}

/** Height × width × channels. */
export const formatShape = (shape: readonly number[]): string => shape.join(`${nbsp}×${nbsp}`);

/** The first twelve hexadecimal digits, enough to tell networks apart by eye. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);

/** "1 run", "3 runs". */
export const plural = (count: number, one: string, many = `${one}s`): string => `${formatCount(count)}${nbsp}${count === 1 ? one : many}`;
