import { count } from '@espalier/core';

export { count, percent, percentChange, table } from '@espalier/core';
export const kibibytes = (bytes: number): string => `${count(Math.round(bytes / 1024))} KiB`;
