import { InvalidArgumentError } from 'commander';

/** Parsers of arguments; what they throw, commander tells together with the name of the argument. */

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number, such as 4.');
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be at least 1.');
  return value;
}

/** `a,b,c` */
export function names(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.some((part) => part === '')) throw new InvalidArgumentError('Name one or more, separated by commas.');
  return parts;
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0, such as 0.1.');
  return value;
}

export function ratio(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be a number between 0 and 1, such as 0.5.');
  return value;
}

/** `0.3,0.5` */
export function ratios(text: string): number[] {
  const values = names(text).map(Number);
  if (!values.every((value) => value > 0 && value < 1))
    throw new InvalidArgumentError('It must be numbers between 0 and 1, separated by commas, such as 0.3,0.5.');
  return values;
}

/** `1,2,3`, each once. */
export function seeds(text: string): number[] {
  const values = names(text).map(wholeNumber);
  if (new Set(values).size < values.length) throw new InvalidArgumentError('It names a seed twice, which would count it twice.');
  return values;
}

/** A share to remove: nothing is a share too, everything is not. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value < 1))
    throw new InvalidArgumentError('It must be a number from 0 to below 1, such as 0.5.');
  return value;
}

/** A part of a whole, which may be nothing and may be all of it. */
export function portion(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.5.');
  return value;
}

export function imageShape(text: string): [number, number, number] {
  const match = /^(\d+)x(\d+)x(\d+)$/.exec(text);
  const sizes = match?.slice(1).map(Number) ?? [];
  const [height, width, channels] = sizes;
  if (!height || !width || !channels) throw new InvalidArgumentError('It must be height x width x channels, such as 28x28x1.');
  return [height, width, channels];
}
