import type axe from 'axe-core';

declare global {
  interface Window {
    /** Put into the page by the test. */
    axe: typeof axe;
    /** How much of the page has moved by itself since it began to load, as browsers score it. */
    layoutShift: number;
  }
}
